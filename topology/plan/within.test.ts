// A host within another, in the plan of a scenario.

import assert from "node:assert/strict";
import { it } from "node:test";
import { parseScenario } from "../model/scenario.ts";
import { planUp } from "./plan.ts";
import { changeContainer, NOTHING, upped } from "./simulation.ts";

const TRIED = parseScenario(
  "tried",
  `title: Tried
networks: {here: {}}
hosts:
  inside: {role: loadgen, within: web}
  web: {role: server, on: here}
  beside: {role: loadgen, on: here}
`,
);
const [WEB, INSIDE] = ["rttlab-tried-web", "rttlab-tried-inside"];

it("uses the other's network in place of one of its own, and listens at a port of its own there", () => {
  const { steps } = planUp(TRIED, NOTHING);
  const made = new Map(
    steps.flatMap(({ action, needs }) =>
      action.op === "create-container" ? [[action.container.name, { ...action.container, needs }] as const] : [],
    ),
  );
  const [inside, web] = [made.get(INSIDE) ?? assert.fail(), made.get(WEB) ?? assert.fail()];
  assert.deepEqual([inside.inside, inside.attachments, inside.sysctls, inside.extraHosts], [WEB, [], {}, {}]);
  assert.ok(inside.needs.includes(`create-container ${WEB}`));
  assert.equal(inside.environment.RTTLAB_MGMT_ADDRESS, web.environment.RTTLAB_MGMT_ADDRESS);
  assert.equal(web.extraHosts.inside, undefined, "an address has one name");
  const watched = steps.flatMap(({ action }) => (action.op === "watch" ? action.watch.members : []));
  const at = (host: string) => watched.find((member) => member.host === host)?.address;
  assert.equal(at("inside"), at("web")?.replace(":9100", ":9101"));
  assert.ok(!steps.some(({ id }) => id === `wire-host ${INSIDE}`));
});

it("makes both use all addresses, and no other host", () => {
  const addresses = new Map(
    planUp(TRIED, NOTHING).steps.flatMap(({ action }) =>
      action.op === "create-container"
        ? [[action.container.name, action.container.environment.RTTLAB_DATA_ADDRESS]]
        : [],
    ),
  );
  assert.deepEqual([addresses.get(WEB), addresses.get(INSIDE)], ["0.0.0.0", "0.0.0.0"]);
  assert.match(addresses.get("rttlab-tried-beside") ?? "", /^10\.200\./);
});

it("is made anew with the other, and when that one restarted", () => {
  const up = upped(TRIED);
  assert.deepEqual(planUp(TRIED, up).steps, []);
  const reasonsOf = (state: typeof up) =>
    planUp(TRIED, state).steps.flatMap(({ action, because }) =>
      action.op === "create-container" ? [`${action.container.name}: ${because}`] : [],
    );
  const restarted = changeContainer(up, WEB, { startedAtMillis: 1e9 });
  assert.deepEqual(reasonsOf(restarted), [
    `${WEB}: it restarted after it was wired, so its routes are gone and its offloads are back`,
    `${INSIDE}: the host that it is within is made anew`,
  ]);
  const wiredSince = changeContainer(restarted, `${WEB}.wiring`, { finishedAtMillis: 2e9 });
  assert.deepEqual(reasonsOf(wiredSince), [
    `${INSIDE}: the host that it is within restarted, and has another network since`,
  ]);
});
