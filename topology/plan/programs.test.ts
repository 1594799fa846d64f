// A program of a user's own in the plan of a scenario: its image may be built anew under its name.

import assert from "node:assert/strict";
import { it } from "node:test";
import { parseScenario } from "../model/scenario.ts";
import { planUp } from "./plan.ts";
import { NOTHING, upped } from "./simulation.ts";

const IMAGE = "my/service:1";
const TRIED = parseScenario(
  "tried",
  `title: Tried
networks: {here: {}}
hosts:
  mine: {image: "${IMAGE}", on: here, port: 80}
  beside: {role: loadgen, on: here}
`,
);
const up = upped(TRIED, { ...NOTHING, programImages: { [IMAGE]: "sha256:1" } });
const stepsWith = (programImages: Record<string, string>) =>
  planUp(TRIED, { ...up, programImages }).steps.map(({ id, because }) => `${id}: ${because}`);

it("is made anew, and no other host, when its name means another image", () => {
  const steps = stepsWith({ [IMAGE]: "sha256:2" });
  const made = steps.filter((step) => step.startsWith("create-container"));
  assert.deepEqual(made, [`create-container rttlab-tried-mine: its image ${IMAGE} is another now`]);
  assert.ok(steps.includes(`remove-container rttlab-tried-mine: its image ${IMAGE} is another now`), steps.join("\n"));
  assert.ok(steps.includes(`prepare-image rttlab-tried-mine: ${IMAGE} is not ours`), steps.join("\n"));
});

it("stays while its name means the same image, or none", () => {
  assert.deepEqual(stepsWith({ [IMAGE]: "sha256:1" }), []);
  assert.deepEqual(stepsWith({}), []);
});
