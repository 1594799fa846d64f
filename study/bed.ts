// The testbed as a study needs it: links and hosts that change between runs, a look at all of it,
// and a measurement. connect-bed.ts connects a running testbed; the runner knows no Docker.

import type { RequestOf, ResultOf, TimelineStep } from "../lib/contract/contract.ts";
import type { PlayedStep } from "../lib/contract/link.ts";
import type { StudyProgress } from "../lib/contract/study-progress.ts";
import type { LinkSettings } from "../lib/link/link.ts";
import type { Options } from "../topology/roles/options.ts";
import type { Measuring } from "./measures/measure.ts";
import type { Sight, UseSight } from "./snapshot.ts";
import type { TcpCounts } from "./tcp-counts.ts";
import type { BeginTracing } from "./traces/connect.ts";

export interface Bed {
  /** Applies settings to a link; its agent reads the qdiscs back. */
  changeLink(link: string, settings: LinkSettings): Promise<void>;
  /**
   * Plays a link's timeline to its end, or until `signal` aborts; `onBegin` is called when its
   * clock runs.
   */
  playLink(
    link: string,
    steps: readonly TimelineStep[],
    options: { onBegin(): void; signal: AbortSignal },
  ): Promise<PlayedStep[]>;
  /** Sets TCP's parameters in a host (hosts/words.ts). */
  tuneHost(host: string, words: readonly string[]): Promise<void>;
  /** Starts a server anew with these options; resolves when it serves with them. */
  changeServer(host: string, options: Options): Promise<void>;
  /** How busy the machine and each container have been since their start. */
  lookAtUse(): Promise<UseSight>;
  /**
   * Least round trip of a few pings between two hosts, the last of which goes out after
   * `overMillis`; null if none returned.
   */
  ping(from: string, to: string, overMillis: number): Promise<number | null>;
  /** The counters of the links and hosts at one moment, and TCP's of the measured host. */
  look(measured: string): Promise<Sight>;
  /** TCP's counts in a host, since its start. */
  readTcp(host: string): Promise<TcpCounts>;
  /** Begins to trace; resolves to a function that ends the trace and returns it. */
  trace: BeginTracing;
  /** Reports the study's progress to the testbed; null: it is over. */
  report(progress: StudyProgress | null): Promise<void>;
  /** One request to a host's service, to its end. */
  measure<Op extends Measuring>(
    host: string,
    operation: Op,
    request: RequestOf<Op>,
    signal: AbortSignal,
  ): Promise<ResultOf<Op>>;
}
