import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseScenario } from "../model/scenario.ts";
import { planUp } from "./plan.ts";
import { NOTHING } from "./simulation.ts";

const MIB = 1024 ** 2;

/** A thin link; after the first event it is fast, after the second this, then as before. */
function planWith(event: string) {
  const text = `title: Eventful
networks: {a: {}, b: {}}
hosts: {x: {role: server, on: a}, y: {role: loadgen, on: b}}
links: {l: {between: [a, b], rtt: 20ms, rate: 20mbit}}
events:
  - {at: 1s, link: l, set: {rate: 150mbit}}
  - {at: 2s, link: l, set: {${event}}}
  - {at: 3s, link: l, set: {rate: 20mbit, rtt: 20ms}}
`;
  const { steps, warnings } = planUp(parseScenario("eventful", text), { ...NOTHING, backend: "kernel" });
  const [host] = steps.flatMap(({ action }) =>
    action.op === "create-container" && action.container.labels["rttlab.name"] === "x" ? [action.container] : [],
  );
  const words = ["tcp_rmem", "tcp_wmem"].map((name) => host?.sysctls[`net.ipv4.${name}`]?.split(" ")[2]);
  return { bytes: words.map(Number), warnings: warnings.join() };
}

describe("TCP buffers", () => {
  it("hold what a path has on its way after an event, with all that events before it have set", () => {
    // Four times what is in flight, and as much in the queue; the next power of two.
    const needed = (4 * 2 * 150e6 * 0.6) / 8;
    const { bytes, warnings } = planWith("rtt: 600ms");
    assert.ok(
      bytes.every((each) => each >= needed && each < 2 * needed),
      `${bytes}`,
    );
    assert.equal(warnings, "");
  });

  it("are the usual ones where no event makes a path fatter than they hold", () => {
    assert.deepEqual(planWith("rtt: 30ms").bytes, [16 * MIB, 16 * MIB]);
  });

  it("are capped, and that is warned of, where an event makes a path too fat for any", () => {
    const { bytes, warnings } = planWith("rtt: 3s");
    assert.deepEqual(bytes, [128 * MIB, 128 * MIB]);
    assert.match(warnings, /TCP buffers cannot hold/);
  });
});
