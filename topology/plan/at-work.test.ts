// The fate of containers beside hosts and links: those of a command at work stay, those of a killed
// one go.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readScenario } from "../scenarios/read-scenario.ts";
import { belongingName, dockerName, labelsOf, type Role } from "./names.ts";
import type { Observed, ObservedContainer } from "./observed.ts";
import { planUp } from "./plan.ts";
import { changeContainer, upped } from "./simulation.ts";

const WAN = await readScenario("wan-100ms");
const up = upped(WAN);
const named = (name: string) => dockerName("wan-100ms", name);
const [WAN_A, SERVER] = [named("wan-a"), named("server")];

/** With a container that belongs to a host or link. */
function withBeside(
  state: Observed,
  role: Role,
  [of, purpose]: readonly [name: string, purpose: string],
  facts: Partial<ObservedContainer> = {},
): Observed {
  const [any] = state.containers as [ObservedContainer];
  const labels = labelsOf("wan-100ms", role, of);
  const own = { name: belongingName(named(of), purpose), labels, addresses: {}, linkSettings: null, hostPorts: [] };
  return { ...state, containers: [...state.containers, { ...any, ...own, ...facts }] };
}

const removed = (state: Observed, topology = WAN) =>
  planUp(topology, state).steps.flatMap(({ action }) => (action.op === "remove-container" ? [action.container] : []));

describe("the probes of a link", () => {
  const PROBE = `${WAN_A}.probe-site-a`;
  const addresses = { [named("site-a")]: "10.200.2.254" };
  const probed = withBeside(up, "probe", ["wan-a", "probe-site-a"], { addresses });
  const measured = (link: string) => changeContainer(probed, named(link), { isCalibrating: true });

  it("stay while it is measured", () => assert.deepEqual(planUp(WAN, measured("wan-a")).steps, []));

  it("go when nobody measures it, whoever measures another", () => {
    assert.deepEqual(removed(probed), [PROBE]);
    assert.deepEqual(removed(measured("wan-b")), [PROBE]);
  });

  it("go with the link that is made anew, or with its network", () => {
    const other = { ...measured("wan-a"), imageTags: { ...up.imageTags, link: "rttlab/link:2" } };
    assert.ok(removed(other).includes(PROBE));
    const networks = up.networks.map((one) =>
      one.name === named("site-a") ? { ...one, labels: { ...one.labels, "rttlab.spec": "" } } : one,
    );
    assert.ok(removed({ ...measured("wan-a"), networks }).includes(PROBE));
  });
});

describe("the attendants of a host", () => {
  const tuned = withBeside(up, "tuning", ["server", "tuning"]);
  const attended = withBeside(tuned, "tracing", ["server", "tracing"]);

  it("stay while a study is at work on the scenario", () => {
    assert.deepEqual(planUp(WAN, { ...attended, isStudied: true }).steps, []);
  });

  it("go when none is, and with the host that is made anew", () => {
    const both = [`${SERVER}.tuning`, `${SERVER}.tracing`];
    assert.deepEqual(removed(attended), both);
    const anew = changeContainer({ ...attended, isStudied: true }, SERVER, { state: "exited", exitCode: 1 });
    assert.deepEqual(
      removed(anew).filter((name) => both.includes(name)),
      both,
    );
  });
});

describe("a look into a host", () => {
  const looked = (state: ObservedContainer["state"]) => withBeside(up, "wiring", ["server", "proof-77"], { state });

  it("stays while it runs, and goes when nobody has removed it at its end", () => {
    assert.deepEqual(planUp(WAN, looked("running")).steps, []);
    assert.deepEqual(removed(looked("exited")), [`${SERVER}.proof-77`]);
  });

  it("for a port goes in any case, because only an up looks for one, and one is at work at a time", () => {
    assert.deepEqual(removed(withBeside(up, "wiring", ["server", "ready"])), [`${SERVER}.ready`]);
  });
});
