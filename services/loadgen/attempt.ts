// One request of a user, on a kept connection or a new one: timed, observed, and never silently
// repeated.

import type { LoadSettings } from "../../lib/contract/load/load.ts";
import { Connection, type Endpoint, LoadFailure, type TakeBody } from "./connection.ts";
import type { Observe } from "./events.ts";
import { requestBytes } from "./http/request.ts";

/** What the requests of a load share. */
export interface Exchanges {
  settings: LoadSettings;
  endpoint: Endpoint;
  observe: Observe;
  /** Connections in use. */
  open: Set<Connection>;
  /** Whether the window is over and everything then under way has been cut off. */
  isCut: boolean;
}

/** The connection, if it may be kept, and whether the request failed. */
export interface Attempted {
  connection: Connection | null;
  failed: boolean;
}

/** The request for a path of the load's target. */
export function requestFor({ httpVersion, target }: LoadSettings, path: string): Buffer {
  return requestBytes(httpVersion, hostOf(target), path);
}

/** A target in the form of the Host field: without HTTP's default port. */
export function hostOf(target: string): string {
  return target.replace(/:80$/, "");
}

/** Makes one request that began at `begunAtMillis`, when its user wished for it. */
export async function attempt(
  exchanges: Exchanges,
  kept: Connection | null,
  request: Buffer,
  begunAtMillis: number,
  takeBody: TakeBody = () => {},
): Promise<Attempted> {
  const { observe, open, endpoint, settings } = exchanges;
  observe({ what: "begun", atMillis: begunAtMillis });
  const connection = kept?.usable ? kept : new Connection(endpoint);
  if (kept !== null && connection !== kept) retire(exchanges, kept);
  open.add(connection);
  const { timeoutMillis } = settings;
  const timer = setTimeout(
    () => connection.fail(new LoadFailure("timeout", `no whole response after ${timeoutMillis} ms`)),
    timeoutMillis,
  );
  try {
    const opening = connection === kept ? null : connection.opened;
    const status = await exchange(exchanges, connection, request, begunAtMillis, opening, takeBody);
    return { connection: keep(exchanges, connection), failed: status < 200 || status > 299 };
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error;
    open.delete(connection);
    const { kind, message } = error;
    const atMillis = performance.now();
    if (exchanges.isCut) observe({ what: "cut", begunAtMillis, atMillis });
    else observe({ what: "failed", begunAtMillis, atMillis, kind, status: null, message });
    return { connection: null, failed: true };
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(
  { observe }: Exchanges,
  connection: Connection,
  request: Buffer,
  begunAtMillis: number,
  opening: Promise<number> | null,
  takeBody: TakeBody,
): Promise<number> {
  if (opening !== null) {
    const connectMillis = await opening;
    observe({ what: "opened", atMillis: performance.now(), begunAtMillis, connectMillis });
  }
  const onBody: TakeBody = (piece) => {
    takeBody(piece);
    observe({ what: "body", atMillis: performance.now(), bytes: piece.length });
  };
  const { status, firstByteMillis, transferMillis } = await connection.exchange(request, onBody);
  const atMillis = performance.now();
  if (status >= 200 && status <= 299) {
    const times = { firstByteMillis, transferMillis, totalMillis: atMillis - begunAtMillis };
    observe({ what: "completed", begunAtMillis, atMillis, status, ...times });
  } else {
    observe({ what: "failed", begunAtMillis, atMillis, kind: "status", status, message: `status ${status}` });
  }
  return status;
}

function keep(exchanges: Exchanges, connection: Connection): Connection | null {
  if (exchanges.settings.httpVersion === "1.1" && connection.usable) return connection;
  retire(exchanges, connection);
  return null;
}

/** Closes a connection that nobody needs any more. */
export function retire({ open }: Exchanges, connection: Connection): void {
  open.delete(connection);
  connection.retire();
}
