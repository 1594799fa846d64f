// What a study needs of a testbed: links and hosts that change between runs, a look at all of it, and a measurement.
// The testbed that is up is behind it (connect-bed.ts); the runner knows no Docker.

import type { RequestOf, ResultOf } from "../lib/contract/contract.ts";
import type { StudyProgress } from "../lib/contract/study-progress.ts";
import type { LinkSettings } from "../lib/link/link.ts";
import type { Measuring } from "./measures/measure.ts";
import type { Snapshot } from "./snapshot.ts";
import type { BeginTracing } from "./traces/connect.ts";

export interface Bed {
  /** Gives a link these settings; its agent reads the qdiscs back. */
  changeLink(link: string, settings: LinkSettings): Promise<void>;
  /** Sets TCP's ways in a host (hosts/words.ts). */
  tuneHost(host: string, words: readonly string[]): Promise<void>;
  /** Counters, processor times and the path's round trip from one host to another, at one moment. */
  look(from: string, to: string): Promise<Snapshot>;
  /** Begins to trace; resolves to what ends that and gets it. */
  trace: BeginTracing;
  /** Says how far the study is to whoever watches the testbed; null: it is over. */
  tell(progress: StudyProgress | null): Promise<void>;
  /** One request of a host's service, to its end. */
  measure<Op extends Measuring>(
    host: string,
    operation: Op,
    request: RequestOf<Op>,
    signal: AbortSignal,
  ): Promise<ResultOf<Op>>;
}
