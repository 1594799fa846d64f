// `npm run soak` as people start it: its result, a stop that can be resumed, unknown words.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";

describe("the soak", { timeout: 60_000 }, () => {
  it("reports how many lives of which seed ended well", async () => {
    const { status, stdout, stderr } = await soak("30", "seed", "7", "json");
    assert.equal(status, 0, stderr);
    const { seconds, virtualSeconds, segments, ...settings } = JSON.parse(stdout);
    assert.deepEqual(settings, { lives: 30, from: 0, seed: 7 });
    assert.ok(seconds > 0 && virtualSeconds > 300 && segments > 1000, stdout);
    assert.match(stderr, /^30 of 30 lives ended well, .* a second; the last with seed 7$/m);
  });

  it("says how to go on when it is stopped", async () => {
    const child = spawn(process.execPath, [SOAK, "10000", "seed", "7", "from", "5000"]);
    const exited = once(child, "exit");
    const lines = createInterface({ input: child.stderr });
    await once(lines, "line");
    child.kill("SIGINT");
    const [line] = await once(lines, "line");
    assert.equal(line, "stopped; to go on: npm run soak 10000 seed 7 from 5000");
    assert.equal((await exited)[0], 1);
  });

  it("refuses words that it does not understand", async () => {
    for (const words of [["many"], ["0"], ["10000", "from", "7"], ["5000", "from", "5000"], ["seed"], ["--fast"]]) {
      const { status, stderr } = await soak(...words);
      assert.equal(status, 2, words.join(" "));
      assert.match(stderr, /^E_USAGE: soak .*: not understood/);
    }
  });
});

const SOAK = join(import.meta.dirname, "soak.ts");

async function soak(...words: string[]) {
  const child = spawn(process.execPath, [SOAK, ...words]);
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: (await closed)[0] as number, stdout, stderr };
}
