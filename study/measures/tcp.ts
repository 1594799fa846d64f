// Long TCP transfers of a given duration: a load generator's users fetch a large file again and
// again, each on its own connection, and the window's end cuts them all off. Many at once, each too
// slow to fill the link, lose packets independently of each other, so a run sees a hundred loss
// events in seconds. The kernel of the sending host counts them (tcp-counts.ts) from the end of the
// warm-up on (window-counts.ts), as the goodput is.

import { LOAD_FIELDS } from "../../lib/contract/load/settings.ts";
import { missing } from "../../lib/fields/read.ts";
import type { Settings } from "../file/study.ts";
import { load } from "./load.ts";
import type { MeasureKind } from "./measure.ts";

const WORDS = {
  target: "a host, with :port unless it is 80",
  path: "the path of a large file; /files/10MiB when left out",
  connections: LOAD_FIELDS.users.allowed,
  seconds: "seconds, such as 10, after the warm-up",
  warmup: "a time, such as 2s, in which slow start ends",
} as const;

export const tcp: MeasureKind<"loadgen.run"> = {
  kind: "tcp",
  operation: "loadgen.run",
  role: "loadgen",
  words: WORDS,
  quantities: [
    {
      name: "connectionGoodputBitsPerSecond",
      unit: "bit/s",
      meaning: "payload that a connection delivered, the mean of all",
    },
    { name: "goodputBitsPerSecond", unit: "bit/s", meaning: "payload that all connections delivered" },
  ],
  problems(words) {
    const { seconds, ...others } = words;
    if (seconds === undefined) return [missing("seconds", WORDS.seconds)];
    return load.problems(loadWords({ ...others, seconds })).map((problem) => {
      return { ...problem, path: problem.path === "users" ? "connections" : problem.path };
    });
  },
  request: (words, seed) => ({ ...load.request(loadWords(words), seed), histograms: false }),
  values({ goodputBitsPerSecond, settings }) {
    return { goodputBitsPerSecond, connectionGoodputBitsPerSecond: goodputBitsPerSecond / settings.users };
  },
  histograms: () => ({}),
  fault: ({ failed, failureExamples }) =>
    failed > 0 ? `${failed} requests failed: ${Object.values(failureExamples).join(", ")}` : null,
  ownFault: ({ generator }) => (generator.saturated ? "the load generator was saturated: its rate is its own" : null),
};

function loadWords({ connections = "1", path = "/files/10MiB", ...others }: Settings): Settings {
  // A request lasts as long as the file takes at the loss rate: the end of the window ends it, no
  // time-out. The next one waits at the server: a pause of a round trip between two files would
  // empty the path, and a whole window at once would follow it.
  return { ...others, path, users: connections, http: "1.1", pipeline: "2", ending: "cut", timeout: "3600s" };
}
