// `load`, the client that people type in a load generator's container: words in, a table out (docs/loadgen.md).
// It asks the service over the control socket; when it dies, the socket closes and the service cancels the load.

import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { describeError, EXIT, exitStatus, type Problem, RttlabError } from "../../lib/errors.ts";
import type { LoadResult } from "../../lib/results.ts";
import { CONTROL_SOCKET } from "../../lib/service/control.ts";
import { loadTable } from "./load-table.ts";
import { parseWords, USAGE } from "./load-words.ts";
import type { Progress } from "./progress.ts";

type Answer =
  | ({ event: "second" } & Progress)
  | { event: "done"; result: LoadResult }
  | { event: "failed"; code: string; message: string; problems?: Problem[] };

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitStatus(error);
}

async function main(words: string[]): Promise<number> {
  if (words.includes("--help") || words.includes("help")) {
    process.stdout.write(USAGE);
    return EXIT.done;
  }
  const asJson = words.some(isJson);
  const result = await request(parseWords(words.filter((word) => !isJson(word))));
  process.stdout.write(asJson ? `${JSON.stringify(result)}\n` : loadTable(result));
  return result.completed === 0 ? EXIT.failed : EXIT.done;
}

/** Both spellings, because npm keeps options for itself. */
function isJson(word: string): boolean {
  return word === "--json" || word === "json";
}

async function request(body: object): Promise<LoadResult> {
  const socket = createConnection(process.env.RTTLAB_CONTROL_SOCKET ?? CONTROL_SOCKET);
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  socket.on("error", (cause) =>
    reject(new RttlabError("E_REQUEST", "reaching the load generator: is this its container?", { cause })),
  );
  socket.on("close", () => reject(new RttlabError("E_REQUEST", "running a load: the service went away")));
  socket.write(`${JSON.stringify(body)}\n`);
  createInterface({ input: socket }).on("line", (line) => {
    const answer: Answer = JSON.parse(line);
    if (answer.event === "second") showSecond(answer);
    else if (answer.event === "done") resolve(answer.result);
    else reject(refusal(answer));
  });
  try {
    return await promise;
  } finally {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    socket.destroy();
  }
}

function refusal({ code, message, problems = [] }: Answer & { event: "failed" }): RttlabError {
  return new RttlabError(code, problems.length === 0 ? message : "running a load: refused", { problems });
}

function showSecond({ elapsedSeconds, completed, failed, inFlight, bodyBytes }: Progress): void {
  if (!process.stderr.isTTY) return;
  const rate = ((bodyBytes * 8) / 1e6).toFixed(1);
  const counts = `${completed} completed, ${failed} failed, ${inFlight} in flight, ${rate} Mbit/s`;
  process.stderr.write(`\r\x1b[K${elapsedSeconds.toFixed(0)} s: ${counts}`);
}
