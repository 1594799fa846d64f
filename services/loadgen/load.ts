// `load`, the command in a load generator's container: words in, a table out (docs/loadgen.md). It
// makes a request to the service; if it dies, the service cancels the load.

import { askService } from "../../lib/contract/ask.ts";
import type { LoadProgress } from "../../lib/contract/load/load.ts";
import { parseWords, USAGE } from "../../lib/contract/load/words.ts";
import { EXIT } from "../../lib/errors.ts";
import { print, runProgram } from "../../lib/program.ts";
import { loadTable } from "./load-table.ts";

await runProgram(() => main(process.argv.slice(2)));

async function main(words: string[]): Promise<number> {
  if (words.includes("--help") || words.includes("help")) {
    await print(USAGE);
    return EXIT.done;
  }
  const asJson = words.some(isJson);
  const request = parseWords(words.filter((word) => !isJson(word)));
  const { result } = await askService("loadgen.run", request, showSecond).finally(clearLine);
  await print(asJson ? `${JSON.stringify(result)}\n` : loadTable(result));
  return result.completed === 0 ? EXIT.failed : EXIT.done;
}

/** Both spellings, because npm consumes options. */
function isJson(word: string): boolean {
  return word === "--json" || word === "json";
}

function showSecond({ elapsedSeconds, completed, failed, inFlight, bodyBytes }: LoadProgress): void {
  if (!process.stderr.isTTY) return;
  const rate = ((bodyBytes * 8) / 1e6).toFixed(1);
  const counts = `${completed} completed, ${failed} failed, ${inFlight} in flight, ${rate} Mbit/s`;
  process.stderr.write(`\r\x1b[K${elapsedSeconds.toFixed(0)} s: ${counts}`);
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}
