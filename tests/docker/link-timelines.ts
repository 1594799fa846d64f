// A link while it plays a timeline, for tests of one link in real containers.

import assert from "node:assert/strict";
import { it } from "node:test";
import { CONTROL_FOLDER } from "../../lib/contract/places.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { parseRateTrace } from "../../lib/link/rate-trace.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { openRelays } from "../../topology/apply/relay.ts";
import { whileHeld } from "../../topology/calibrate/hold.ts";
import type { Rig } from "./link-rig.ts";
import { both, undelivered } from "./link-rig-use.ts";

export function describeTimelines(rigNow: () => Rig): void {
  it("plays a timeline on its own clock, each step begun within 5 ms of its time, and loses no queued packet", async () => {
    const rig = rigNow();
    await rig.request("link.set", { settings: both({ delayMillis: 10, rateBitsPerSecond: 10e6 }, 4) });
    const rates = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 1e6 : 10e6));
    const steps = rates.map((rateBitsPerSecond, at) => ({
      atMillis: 100 * at,
      change: { forward: { rateBitsPerSecond } },
    }));
    const outage = [
      { atMillis: 2100, change: { forward: { state: "down" } } },
      { atMillis: 2300, change: { forward: { state: "up" } } },
    ] as const;
    const pinging = rig.at("a", "ping", "-c", "200", "-i", "0.01", "-W", "1", rig.ends.b);
    const { played, settings } = await rig.request("link.play", { steps: [...steps, ...outage] });
    assert.equal(played.length, 22);
    // A machine makes steps late and never early, so the fastest tenth stands for the player: where
    // it had time they began 0.6 ms after their time and had been done after 6.5 ms, of which tc's
    // own end is 4; a busy one took 15. A tc of its own for each step took 163.
    const fastest = (millis: number[]) => millis.sort((first, second) => first - second)[2] ?? Number.NaN;
    const begun = fastest(played.map(({ atMillis, beganMillis }) => beganMillis - atMillis));
    const inForce = fastest(played.map(({ atMillis, endedMillis }) => endedMillis - atMillis));
    assert.ok(begun >= 0 && begun < 5, `begun ${begun} ms after its time`);
    assert.ok(inForce < 50, `done ${inForce} ms after its time`);
    assert.deepEqual([settings.forward.state, settings.forward.rateBitsPerSecond], ["up", 10e6]);
    // Until the outage nothing was lost.
    const answered = [...(await pinging.catch(({ stdout }) => stdout)).matchAll(/icmp_seq=(\d+) ttl/g)];
    assert.ok(answered.length >= 150, `${answered.length} of 200 answered`);
    assert.ok((await rig.leastRttMillis()) >= 20);
  });

  it("has the packets that wait follow the rate that a timeline drives, and what measures the link find it plain", async () => {
    const rig = rigNow();
    const queue = { kind: "drop-tail", amount: 100, unit: "packets" } as const;
    const forward = { ...UNIMPAIRED, rateBitsPerSecond: 8000, queue };
    await rig.request("link.set", { settings: { ...both({}, 4), forward } });
    const [before, silentMillis] = [await undelivered(rig), 2000];
    const steps = [{ atMillis: silentMillis, change: { forward: { rateBitsPerSecond: 12e6 } } }];
    const playing = rig.request("link.play", { steps });
    await rig.inLink("sh", "-c", `until [ -e ${CONTROL_FOLDER}/timeline ]; do sleep 0.02; done`);
    // A frame takes 1.5 s before the step, and 1 ms after it. The first has the bucket.
    const ping = (count: number) => `ping -c ${count} -i 0.01 -W 10 -s 1472 ${rig.ends.b}`;
    const printed = await rig.at("a", "sh", "-c", `${ping(1)} && ${ping(20)}`);
    const { discardedPackets } = await playing;
    const [, ...millis] = [...printed.matchAll(/time=([\d.]+)/g)].map(([, time]) => Number(time));
    assert.equal(millis.length, 20);
    // Nothing comes after the last of them, so only the kick ends their wait.
    assert.ok(Math.min(...millis) > 100 && Math.max(...millis) < silentMillis + 300, `${millis} ms`);
    assert.deepEqual(discardedPackets, { forward: 0, backward: 0 });
    // The kick is a frame, too.
    const { sent, dropped, queued } = await undelivered(rig);
    assert.deepEqual([dropped, queued.packets], [0, 0]);
    assert.ok(sent.packets - before.sent.packets >= 22);
    const kind = async () => /qdisc (\w+) 1: dev \S*vec1/.exec((await rig.request("link.dump", {})).qdiscs)?.[1];
    assert.deepEqual((await rig.request("link.inspect", {})).differences, []);
    assert.equal(await kind(), "tbf");
    await using relays = openRelays(await connectDocker());
    await whileHeld(relays.request, rig.link, "link.room", { packets: 200 }, async () => {
      assert.equal(await kind(), "netem");
    });
    assert.deepEqual((await rig.request("link.inspect", {})).differences, []);
  });

  it("counts what waits when it begins to be driven, and reads back whatever rates a trace has", async () => {
    const rig = rigNow();
    const queue = { kind: "drop-tail", amount: 300, unit: "millis" } as const;
    await rig.request("link.set", { settings: both({ rateBitsPerSecond: 0.2e6, queue, delayMillis: 20 }) });
    const text = "0s,10467kbit\n0.1s,333333bit\n0.2s,12345678bit\n0.3s,199999999bit\n0.4s,8kbit\n0.5s,1234567bit";
    const steps = parseRateTrace(text).steps.map(({ atMillis, rateBitsPerSecond }) => ({
      atMillis,
      change: { forward: { rateBitsPerSecond }, backward: { rateBitsPerSecond } },
    }));
    const sending = rig.send(30);
    await rig.inLink("sh", "-c", "sleep 0.1");
    const { played, discardedPackets } = await rig.request("link.play", { steps });
    assert.equal(played.length, 6);
    const [arrived, { dropped }] = [await sending, await undelivered(rig)];
    assert.ok(arrived + discardedPackets.forward <= 30, `${arrived}, ${dropped}, ${discardedPackets.forward}`);
    assert.deepEqual((await rig.request("link.inspect", {})).differences, []);
  });
}
