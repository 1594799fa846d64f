// `load`, the command: words in, a table out (docs/loadgen.md). In a load generator's container it
// makes a request to the service, which cancels the load if the command dies; elsewhere it makes
// the load itself.

import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { askService } from "../../lib/contract/ask.ts";
import type { LoadProgress, LoadRequest, LoadResult, LoadSettings } from "../../lib/contract/load/load.ts";
import { progressLine } from "../../lib/contract/load/progress-line.ts";
import { readLoad } from "../../lib/contract/load/replay.ts";
import { findSaturation, type Measure, readSearch } from "../../lib/contract/load/saturation.ts";
import { saturationTable, stepLine } from "../../lib/contract/load/saturation-table.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { loadTable } from "../../lib/contract/load/table.ts";
import { USAGE, wordOf } from "../../lib/contract/load/words.ts";
import { CONTROL_SOCKET } from "../../lib/contract/places.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { interruptible } from "../../lib/interruptible.ts";
import { print, runProgram } from "../../lib/program.ts";
import { emptyCounters } from "./counters.ts";
import { resolveTarget, runLoad } from "./run.ts";

/** For a handshake over any path, or none. */
const REACHING_MILLIS = 5000;

await runProgram(() => main(process.argv.slice(2)));

async function main(words: string[]): Promise<number> {
  if (words.includes("--help") || words.includes("help")) {
    await print(USAGE);
    return EXIT.done;
  }
  const asJson = words.some(isJson);
  const own = words.filter((word) => !isJson(word));
  const isInHost = existsSync(process.env.RTTLAB_CONTROL_SOCKET ?? CONTROL_SOCKET);
  const measure: Measure = (request) => (isInHost ? ask(request) : runHere(parseSettings(request))).finally(clearLine);
  const search = readSearch(own);
  const request = search ?? { ...readLoad(own), histograms: true };
  await reach(parseSettings(request, wordOf)); // once: steps of a search go on from a server as it is
  if (search !== null) return find(search, measure, asJson);
  const result = await measure(request);
  await print(asJson ? `${JSON.stringify(result)}\n` : loadTable(result));
  return result.completed === 0 ? EXIT.failed : EXIT.done;
}

async function find(search: LoadRequest, measure: Measure, asJson: boolean): Promise<number> {
  const saturation = await findSaturation(search, measure, (step) => {
    if (process.stderr.isTTY) process.stderr.write(`${stepLine(step)}\n`);
  });
  await print(asJson ? `${JSON.stringify(saturation)}\n` : saturationTable(saturation));
  return saturation.heldPerSecond === null ? EXIT.failed : EXIT.done;
}

async function ask(request: LoadRequest): Promise<LoadResult> {
  const { result } = await askService("loadgen.run", request, (second) => showSecond(request, second));
  return result;
}

function runHere(settings: LoadSettings): Promise<LoadResult> {
  const show = (second: LoadProgress) => showSecond(settings, second);
  return interruptible((signal) => runLoad(settings, null, emptyCounters(), show, signal));
}

/** Throws E_NO_SERVER at once if nothing listens there, or if nothing answers. */
async function reach({ target }: LoadSettings): Promise<void> {
  const { address, port } = await resolveTarget(target, null);
  const socket = connect({ host: address, port });
  const timer = setTimeout(() => socket.destroy(new Error("it does not answer")), REACHING_MILLIS);
  try {
    await once(socket, "connect");
  } catch (cause) {
    throw new RttlabError("E_NO_SERVER", `loading ${target}: no server can be reached there`, { cause });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Both spellings, because npm consumes options. */
function isJson(word: string): boolean {
  return word === "--json" || word === "json";
}

function showSecond(load: LoadRequest, second: LoadProgress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progressLine(load, second)}`);
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}
