// Resources that the containers of a testbed, and the machine under them, have used since their
// start (services/usage).

/** A container to watch; `pid` is its first process, in the machine's numbering. */
export interface Watched {
  host: string;
  role: string;
  id: string;
  pid: number;
}

export interface ContainerUsage {
  cpuSeconds: number;
  /** Without page cache that could be reclaimed at once. */
  memoryBytes: number;
  /** null: no limit. */
  memoryLimitBytes: number | null;
  /** Over all interfaces but the loopback. */
  receivedBytes: number;
  sentBytes: number;
  /** Without the management network. */
  receivedPackets: number;
  sentPackets: number;
}

export interface MachineUsage {
  cores: number;
  /** All time except idle and waiting for disks; user time includes guests. */
  busySeconds: number;
  /** The part spent in soft interrupts, where the kernel does most of its network work. */
  softirqSeconds: number;
}

export interface UsageReading {
  atMillis: number;
  machine: MachineUsage;
  /** null: the container has ended. */
  containers: { host: string; usage: ContainerUsage | null }[];
}
