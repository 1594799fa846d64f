// A congestion controller, seen in a simulated transfer, and a timeline, played.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Addition, load } from "./addition.ts";

export const controller: Addition = {
  what: "congestion controller of RUDP",
  file: {
    path: "services/rudp/protocol/congestion/three.ts",
    text: `// A window of three segments, come what may.

import type { Controller } from "./controller.ts";
import { startWindow } from "./growth.ts";

export const three: Controller = {
  name: "three",
  fastRetransmit: true,
  fastRecovery: "full-ack",
  start: (settings) => ({ ...startWindow(settings), windowSegments: 3 }),
  acknowledged() {},
  lossDetected() {},
  timedOut() {},
  idled() {},
  unused() {},
};
`,
  },
  line: {
    in: "services/rudp/protocol/congestion/table.ts",
    import: 'import { three } from "./three.ts";',
    after: "export const CONTROLLERS = {",
    text: " three,",
  },
  async works(root) {
    const { runTransfer } = await load(root, "services/rudp/lab/simulation/transfer.ts");
    const { CLEAR_PATH } = await load(root, "services/rudp/lab/simulation/path.ts");
    const path = { ...CLEAR_PATH, delayMillis: 50 };
    const plan = { seed: 1, bytes: 30_000, forward: path, backward: path, options: { controller: "three" } };
    const { millis, sender } = runTransfer(plan);
    assert.equal(sender.windowSegments, 3);
    assert.ok(millis > 900, `30 segments took ${millis} ms: three each 100 ms take at least 900`);
  },
};

export const timeline: Addition = {
  what: "rule of RUDP's behaviour, as a timeline",
  file: {
    path: "services/rudp/lab/timelines/added.cases.md",
    text: `# Added

## Two segments go out at once
\`\`\`timeline
0    established
0    write 2000
0    > ACK 1..2 len 1000
\`\`\`
`,
  },
  async works(root) {
    const { readTimelines } = await load(root, "services/rudp/lab/timelines/script.ts");
    const { play } = await load(root, "services/rudp/lab/timelines/play.ts");
    const path = "services/rudp/lab/timelines/added.cases.md";
    const timelines = readTimelines(await readFile(join(root, path), "utf8"), path);
    assert.equal(timelines.length, 1);
    for (const each of timelines) play(each);
  },
};
