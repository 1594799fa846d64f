// The state of a server (services/server).

export interface ServerState {
  structure: string;
  transport: string;
  sockets: string;
  protocol: string;
  address: string;
  port: number;
  /** The document root, without symbolic links. */
  root: string;
  /** Connections open now, and accepted since the start. */
  connections: number;
  accepted: number;
  /** The options in force that a scenario may choose, as texts by option. */
  options: Readonly<Record<string, string>>;
}
