// A study, a measurement, a setting of hosts, a model and a function of conclusions: a made-up
// study uses them.

import assert from "node:assert/strict";
import { type Addition, assertIncludes, load, output } from "./addition.ts";

export const study: Addition = {
  what: "study",
  file: {
    path: "studies/added.yaml",
    text: `title: Does added delay add up?
question: How long does a nap take?
hypothesis: As long as it is given.
scenario: one-path
seed: 1
fixed:
  measure.kind: nap
  measure.nap.host: client
  host.server.early-retransmit: "on"
factors:
  seconds: {levels: [1, 2], sets: measure.nap.seconds}
repetitions: 3
models:
  - {name: nap, predicts: napSeconds, inputs: {seconds: seconds}}
`,
  },
  async works(root) {
    assertIncludes(await output(root, "study/main.ts", "list"), "How long does a nap take?");
    const plan = JSON.parse(await output(root, "study/main.ts", "plan", "added", "--json"));
    assertIncludes(JSON.stringify(plan), "napSeconds");
  },
};

export const measure: Addition = {
  what: "kind of measurement in studies",
  file: {
    path: "study/measures/nap.ts",
    text: `// A nap: a measurement that does nothing for so many seconds.

import type { MeasureKind } from "./measure.ts";

export const nap: MeasureKind = {
  kind: "nap",
  operation: "loadgen.run",
  role: "loadgen",
  words: { seconds: "seconds, such as 10" },
  quantities: [{ name: "napSeconds", unit: "s", meaning: "how long it took" }],
  problems: () => [],
  request: ({ seconds }) => ({ target: "server:80", seconds: Number(seconds) }),
  values: () => ({ napSeconds: 1 }),
  histograms: () => ({}),
  fault: () => null,
};
`,
  },
  line: {
    in: "study/measures/table.ts",
    import: 'import { nap } from "./nap.ts";',
    after: "export const MEASURES: Readonly<Record<string, MeasureKind>> = {",
    text: " nap,",
  },
  async works(root) {
    const { quantitiesOf } = await load(root, "study/measures/table.ts");
    assertIncludes(JSON.stringify(quantitiesOf([{ settings: { "measure.kind": "nap" } }])), "napSeconds");
  },
};

export const hostSetting: Addition = {
  what: "setting of a host in studies",
  line: {
    in: "study/hosts/settings.ts",
    after: "export const HOST_SETTINGS: Readonly<Record<string, HostSetting>> = {\n",
    text: '  "early-retransmit": { ...onOff, usual: "on", files: (text) => [{ folder: "ipv4", name: "tcp_early_retrans", content: bit(text) }] },\n',
  },
  async works(root) {
    const { loadStudy } = await load(root, "study/files.ts");
    assertIncludes(JSON.stringify((await loadStudy("added")).study), '"host.server.early-retransmit":"on"');
  },
};

export const model: Addition = {
  what: "model",
  file: {
    path: "analysis/models/nap.ts",
    text: `// A nap takes as long as it takes.

import { defineModel } from "./model.ts";

export const nap = defineModel({
  name: "nap",
  title: "Length of a nap",
  source: "experience",
  predicts: { quantity: "time", unit: "s" },
  inputs: [{ name: "seconds", unit: "s", meaning: "length", minimum: 0, maximum: 3600 }],
  predict: ({ seconds }) => seconds,
  brokenAssumptions: () => [],
});
`,
  },
  line: {
    in: "analysis/models/table.ts",
    import: 'import { nap } from "./nap.ts";',
    after: "const ALL: readonly Model[] = [\n",
    text: "  nap,\n",
  },
  async works(root) {
    const { loadStudy } = await load(root, "study/files.ts");
    const { expand } = await load(root, "study/expand.ts");
    const { predictAll } = await load(root, "study/predict.ts");
    const { study: added } = await loadStudy("added");
    const { predictions } = predictAll(added, expand(added));
    assert.deepEqual(
      predictions.map(({ value }: { value: number }) => value),
      [1, 2],
    );
  },
};

export const conclusion: Addition = {
  what: "function of conclusions",
  line: {
    in: "analysis/conclude/functions.ts",
    after: "export const FUNCTIONS: Readonly<Record<string, StudyFunction>> = {\n",
    text: '  seven: { parameters: ["cells"], meaning: "seven", evaluate: () => number(7) },\n',
  },
  async works(root) {
    const { syntheticStudy } = await load(root, "tests/study/synthetic.ts");
    const { analyse } = await load(root, "analysis/analyse.ts");
    const { concludeStudy } = await load(root, "analysis/conclude/conclude.ts");
    const { manifest, runs } = syntheticStudy({ rtts: [50], rates: [50e6], objectBytes: [10_240], repetitions: 3 });
    const conclusions = [{ cells: {}, say: "It is {seven(all)}.", when: "seven(all) > 6" }];
    const [finding] = concludeStudy(analyse({ ...manifest, conclusions }, runs));
    assert.deepEqual([finding.status, finding.text], ["supported", "It is 7."]);
  },
};
