// Studies whose runs take seconds.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executeStudy } from "../../study/execute.ts";
import { expand } from "../../study/expand.ts";
import { loadStudy } from "../../study/files.ts";

export const SCENARIO = "one-path";

/** Runs of a second over a queue that holds all that the users can have under way. */
export const studyFile = (seconds: number, levels: string, repetitions: number) => `title: A small study
question: Does a load take its time?
hypothesis: It does not.
scenario: ${SCENARIO}
seed: 5
fixed:
  link.wan.rate: 20mbit
  link.wan.queue: 1000packets
  measure.kind: load
  measure.load.host: client
  measure.load.path: /files/100KiB
  measure.load.users: 4
  measure.load.seconds: ${seconds}
factors: {rtt: {levels: ${levels}, sets: link.wan.rtt}}
repetitions: ${repetitions}
`;

/** Measures three runs of handshakes over such a path; resolves to the folder of results. */
export async function measureHandshakes(folder: string, rtt: string): Promise<string> {
  const [path, results] = [join(folder, "handshakes.yaml"), join(folder, "results")];
  const ofHandshakes = 'users: 4\n  measure.load.http: "1.0"';
  const whole = studyFile(1, "", 3).replace("users: 4", ofHandshakes).replace("100KiB", "1KiB");
  const factors = `factors: {path: {levels: {far: {link.wan.rtt: ${rtt}}}}}`;
  const plots = "plots: [{kind: factor, title: A handshake, quantities: [connectSeconds], x: path}]";
  await mkdir(folder);
  await writeFile(path, whole.replace(/^factors: .*/m, `${factors}\n${plots}`));
  const loaded = await loadStudy(path);
  const quiet = { command: "", calibrate: false, progress() {}, onRun() {} };
  await executeStudy(loaded, expand(loaded.study), { folder: results, ...quiet });
  return results;
}
