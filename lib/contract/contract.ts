// The operations of services in containers, a line each: the request, the events while it runs, and
// the result. Services and orchestrator share these types; docs/container-contract.md describes the
// operations.

import type { DirectionName, LinkChange, LinkSettings } from "../link/link.ts";
import type { LinkCalibration } from "./calibration.ts";
import type { LinkChanged, LinkCounters, LinkDump, LinkInspection, LinkState, PlayedStep, Revision } from "./link.ts";
import type { BackgroundLoad, LoadProgress, LoadRequest, LoadResult, LoadSettings } from "./load/load.ts";
import type { ServerState } from "./server.ts";
import type { StudyProgress } from "./study-progress.ts";
import type { LinkTrace, RudpTrace, TraceBounds } from "./trace.ts";
import type {
  BackgroundTransfer,
  TransferProgress,
  TransferRequest,
  TransferResult,
  TransferSettings,
} from "./transfer.ts";
import type { UsageReading, Watched } from "./usage.ts";

/**
 * Named `service.op`; an operation of several services has no service. A container runs one
 * service, so only the op is sent.
 */
export interface Contract {
  "server.status": { request: None; events: None; result: ServerState };
  "server.set": { request: { options: Readonly<Record<string, string>> }; events: None; result: { restarts: boolean } };

  "link.status": { request: None; events: None; result: LinkState };
  "link.set": { request: All | Some | Reset; events: Waits; result: LinkChanged };
  "link.play": { request: { steps: TimelineStep[] }; events: Waits & { playing: None }; result: Played };
  "link.calibrating": { request: None; events: TurnEvents; result: None };
  "link.calibrated": { request: { calibration: LinkCalibration; revision: string }; events: None; result: None };
  "link.counters": { request: None; events: None; result: LinkCounters };
  "link.inspect": { request: None; events: Waits; result: LinkInspection };
  "link.dump": { request: None; events: Waits; result: LinkDump };
  "link.bare": { request: { bare: boolean; held?: boolean }; events: Waits & { bare: None }; result: LinkState };
  "link.room": { request: { packets: number }; events: Waits & { room: None }; result: LinkState };
  "link.trace": { request: TraceBounds; events: { trace: None }; result: LinkTrace };

  "loadgen.status": { request: None; events: None; result: Held<LoadSettings, LoadResult, BackgroundLoad> };
  "loadgen.run": { request: LoadRequest; events: { second: LoadProgress }; result: { result: LoadResult } };

  "rudp.status": { request: None; events: None; result: Held<TransferSettings, TransferResult, BackgroundTransfer> };
  "rudp.run": { request: TransferRequest; events: { second: TransferProgress }; result: { result: TransferResult } };
  "rudp.trace": { request: TraceBounds; events: { trace: None }; result: { connections: RudpTrace[] } };

  background: { request: { load: Background | null }; events: None; result: { load: Background | null } };
  quiet: { request: None; events: { quiet: None }; result: None };

  "usage.status": { request: None; events: None; result: { containers: Watched[] } };
  "usage.watch": { request: { containers: Watched[] }; events: None; result: { containers: Watched[] } };
  "usage.study": { request: { progress: StudyProgress | null }; events: None; result: None };
  "usage.read": { request: None; events: None; result: UsageReading };
}

/** The steps that a link has played, and its state after them. */
interface Played {
  played: PlayedStep[];
  settings: LinkSettings;
  /** Packets that waited, and were lost, when a stage got the form in which rates can be driven. */
  discardedPackets: Record<DirectionName, number>;
}

/** A change of a link at a time from the start of a timeline. */
export interface TimelineStep {
  atMillis: number;
  change: LinkChange;
}

export type Operation = keyof Contract;
export type RequestOf<Op extends Operation> = Contract[Op]["request"];
export type ResultOf<Op extends Operation> = Contract[Op]["result"];
/** An event with its fields, as sent. */
export type EventOf<Op extends Operation> = Named<Contract[Op]["events"]>;

export type None = Record<never, never>;
export type Background = BackgroundLoad | BackgroundTransfer;

/** All settings, some of them, or those of before. */
type All = { settings: LinkSettings; change?: never; reset?: never };
type Some = { change: LinkChange; settings?: never; reset?: never };
/** To the settings that were last given as a whole: the scenario's. */
type Reset = { reset: true; settings?: never; change?: never };

/** `waiting`: others' changes of the link, or their timelines, come first. */
type Waits = { waiting: None };

/**
 * `waiting`: also for another calibration; `calibrating`: the turn has come; `changed`: the
 * settings have changed since.
 */
type TurnEvents = Waits & { calibrating: Revision; changed: None };

/** State of a host that runs loads or transfers. */
export interface Held<Settings, Result, Load> {
  running: Settings | null;
  last: Result | null;
  background: Load | null;
}

type Named<Events> = { [Name in keyof Events]: { event: Name } & Events[Name] }[keyof Events];

/** The op as sent: the part after the service's name. */
export function opOf(operation: Operation): string {
  return operation.slice(operation.indexOf(".") + 1);
}

export type Service = "server" | "link" | Workload | "usage";
/** Services that run loads or transfers. */
type Workload = "loadgen" | "rudp";

type OperationsOf<Name extends Service> =
  | Extract<Operation, `${Name}.${string}`>
  | (Name extends Workload ? "background" | "quiet" : never);
type OpOf<Op extends Operation> = Op extends `${string}.${infer Name}` ? Name : Op;

/** The handlers that a service needs, by op. */
export type Handlers<Name extends Service> = { readonly [Op in OperationsOf<Name> as OpOf<Op>]: Handler<Op> };

/**
 * Performs a request. Its result is sent as the `done` event, its error as `failed`. `signal`
 * aborts when the client has gone.
 */
export type Handler<Op extends Operation> = (
  request: Unchecked<RequestOf<Op>>,
  emit: Emit<Contract[Op]["events"]>,
  signal: AbortSignal,
) => Promise<ResultOf<Op>> | ResultOf<Op>;

/** Data from the wire has the fields' names and arbitrary values. */
export type Unchecked<Request> = { readonly [Field in keyof Request]?: unknown };

export type Emit<Events> = <Name extends keyof Events & string>(event: Name, fields: Events[Name]) => void;
