// One link in real containers, with both backends: its effect on packets, and an account of every
// packet.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { openRelays } from "../../topology/apply/relay.ts";
import { whileHeld } from "../../topology/calibrate/hold.ts";
import { runBounded } from "./child.ts";
import { describeImpairments } from "./link-impairments.ts";
import { type Rig, startRig } from "./link-rig.ts";
import { both, PATH_MILLIS, startIperfServer, undelivered } from "./link-rig-use.ts";
import { describeTimelines } from "./link-timelines.ts";

/** The agent keeps it as it comes. */
const WITHIN = { verdict: "within" } as LinkCalibration;

describe("a link in a User-Mode Linux guest", () => {
  let rig: Rig;
  let beside: Rig;
  before(async () => {
    rig = await startRig("uml", both({ delayMillis: 25, rateBitsPerSecond: 20e6 }));
    beside = await startRig("uml", both({}), 1);
  });
  after(() => Promise.all([rig, beside].map((one) => one?.[Symbol.asyncDispose]())));

  it("delays both ways by what is configured", async () => {
    const rtt = await rig.leastRttMillis();
    assert.ok(rtt >= 50 && rtt < 50 + PATH_MILLIS, `${rtt} ms`);
  });

  it("changes in place, and forgets the calibration of what it was before", async () => {
    const { revision } = await rig.request("link.status", {});
    await rig.request("link.calibrated", { calibration: WITHIN, revision });
    const before = await rig.request("link.status", {});
    assert.deepEqual(before.calibration, WITHIN);
    const status = await rig.request("link.set", { settings: both({ delayMillis: 5 }, 7) });
    assert.deepEqual([status.calibration, status.seedInUse], [null, 7]);
    const stale = rig.request("link.calibrated", { calibration: WITHIN, revision });
    await assert.rejects(stale, /E_LINK_CHANGED|no longer in force/);
    const rtt = await rig.leastRttMillis();
    assert.ok(rtt >= 10 && rtt < 10 + PATH_MILLIS, `${rtt} ms`);
  });

  it("refuses settings out of range whole, and stays as it was", async () => {
    const settings = { ...both({ lossRatio: 1.2, delayMillis: -1 }), jitter: 3 };
    await assert.rejects(rig.request("link.set", { settings }), (error: Error) => {
      const paths = JSON.parse(error.message).problems.map(({ path }: { path: string }) => path);
      const fields = [
        "forward.delayMillis",
        "forward.lossRatio",
        "backward.delayMillis",
        "backward.lossRatio",
        "jitter",
      ];
      assert.deepEqual(
        paths,
        fields.map((field) => `settings.${field}`),
      );
      return true;
    });
    const rtt = await rig.leastRttMillis();
    assert.ok(rtt >= 10 && rtt < 10 + PATH_MILLIS, `${rtt} ms`);
  });

  it("is a plain router while bare, and a link again after", async () => {
    await rig.request("link.bare", { bare: true });
    const base = await rig.leastRttMillis();
    await rig.request("link.bare", { bare: false });
    const rtt = await rig.leastRttMillis();
    assert.ok(base < PATH_MILLIS, `bare ${base} ms`);
    assert.ok(rtt >= 10 && rtt < 10 + PATH_MILLIS, `${rtt} ms`);
  });

  it("gives a queue room at the rate that the kernel has, and takes it back, also before a change", async () => {
    const queue = { kind: "drop-tail", amount: 1, unit: "packets" } as const;
    await rig.request("link.set", { settings: both({ delayMillis: 5, rateBitsPerSecond: 1e6, queue }) });
    await rig.leastRttMillis();
    const engine = await connectDocker();
    await using relays = openRelays(engine);
    const whileRoomy = <Result>(work: () => Promise<Result>) =>
      whileHeld(relays.request, rig.link, "link.room", { packets: 40 }, work);
    const differences = async () => (await rig.request("link.inspect", {})).differences;
    assert.ok((await rig.send(30)) < 10);
    const [roomy, arrived] = await whileRoomy(async () => [await differences(), await rig.send(30)] as const);
    assert.equal(arrived, 30);
    assert.deepEqual(roomy, [
      "forward transmission limit: asked for 1, found 40",
      "backward transmission limit: asked for 1, found 40",
    ]);
    assert.deepEqual(await differences(), []);
    const changed = await whileRoomy(async () => {
      await rig.request("link.set", { change: { forward: { delayMillis: 6 } } });
      return differences();
    });
    assert.deepEqual([changed, await differences()], [[], []]);
    await rig.request("link.set", { settings: both({}) }); // other tests count drops from nothing
  });

  it("takes a burst of 700 full frames up whole, and drops what the declared queue cannot hold", async () => {
    const queue = { kind: "drop-tail", amount: 60, unit: "packets" } as const;
    await rig.request("link.set", { settings: both({ delayMillis: 20, rateBitsPerSecond: 0.2e6, queue }) });
    await rig.leastRttMillis();
    const arrived = await rig.send(700);
    const { missed, dropped } = await undelivered(rig);
    assert.equal(missed, 0);
    assert.equal(arrived, 700 - dropped);
    // A frame takes 61 ms here, so 5 frames more than the queue holds give the guest 0.3 s to take
    // up the burst.
    assert.ok(arrived >= 60 && arrived <= 65, `${arrived} of a queue of 60`);
  });

  it("accounts for every packet: sent = received + lost + dropped + missed", async () => {
    const queue = { kind: "drop-tail", amount: 50, unit: "packets" } as const;
    const settings = both({ delayMillis: 10, lossRatio: 0.02, rateBitsPerSecond: 20e6, queue });
    await rig.request("link.set", { settings });
    await rig.leastRttMillis();
    const [before, sent] = [await undelivered(rig), 5000];
    const arrived = await rig.send(sent, 20, 5);
    const now = await undelivered(rig);
    const [lost, dropped, missed] = [now.lost - before.lost, now.dropped - before.dropped, now.missed - before.missed];
    assert.equal(arrived, sent - lost - dropped - missed);
    // 100 are expected; 5 standard deviations of a binomial count are 50.
    assert.ok(lost > 50 && lost < 150, `${lost} lost of ${sent} at 2 %`);
    assert.ok(dropped > 0, "the queue was offered more than its rate");
  });

  it("loses the same packets again with the same seed, whatever their size, and others with another", async () => {
    const arrivedWith = async (seed: number, bytes: number) => {
      const settings = { ...both({}, seed), forward: { ...UNIMPAIRED, delayMillis: 1, lossRatio: 0.3 } };
      await rig.request("link.set", { settings });
      const printed = await rig.at("a", "ping", "-c", "400", "-i", "0.005", "-s", String(bytes), rig.ends.b);
      return [...printed.matchAll(/icmp_seq=(\d+) ttl/g)].map(([, sequence]) => Number(sequence));
    };
    const [first, again, other] = [await arrivedWith(11, 56), await arrivedWith(11, 1000), await arrivedWith(12, 56)];
    assert.ok(first.length > 200 && first.length < 360, `${first.length} of 400 arrived`);
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
  });

  it("spreads the delay by the jitter and keeps packets in order", async () => {
    // The seed makes it the same draw each time.
    await rig.request("link.set", { settings: both({ delayMillis: 40, jitterMillis: 5 }, 3) });
    const printed = await rig.at("a", "ping", "-c", "500", "-i", "0.02", rig.ends.b);
    const echoes = [...printed.matchAll(/icmp_seq=(\d+) ttl.* time=([\d.]+)/g)].map(([, ...two]) => two.map(Number));
    const inOrder = echoes.every(([sequence = 0], index) => index === 0 || sequence > (echoes[index - 1]?.[0] ?? 0));
    assert.deepEqual([echoes.length, inOrder], [500, true]);
    const millis = echoes.map(([, time = 0]) => time).sort((first, second) => first - second);
    const [lower = 0, middle = 0, upper = 0] = [0.25, 0.5, 0.75].map((share) => millis[Math.floor(share * 500)]);
    // Two directions: 5 * sqrt(2) = 7.07; a normal distribution has its quartiles 1.349 deviations
    // apart, and a few late packets of a busy machine do not move them. The quartiles of 500 vary
    // by 5 %.
    const deviation = (upper - lower) / 1.349;
    assert.ok(middle > 79 && middle < 81 + PATH_MILLIS, `median ${middle} ms`);
    assert.ok(Math.abs(deviation - 7.07) < 1.4, `deviation ${deviation} ms`);
  });

  describeImpairments(() => [rig, beside]);

  describeTimelines(() => rig);

  it("counts the frames that a stalled guest had no room for", async () => {
    await rig.request("link.set", { settings: both({}) });
    await rig.leastRttMillis();
    const before = await undelivered(rig);
    const sent = 9000;
    const arrived = await rig.whilePaused((isSent) => rig.send(sent, sent, 0, isSent));
    const missed = (await undelivered(rig)).missed - before.missed;
    // The sender's occasional ARP request for the link's hardware address may be missed as well.
    const asked = arrived - (sent - missed);
    assert.ok(asked >= 0 && asked <= 6, `${arrived} of ${sent} arrived, ${missed} missed`);
    // The socket holds 16 MiB, and a full frame takes up 2,304 bytes: 7,281.
    assert.ok(missed > 1000, `${missed} missed`);
  });

  it("carries no frame above the MTU under TCP", async () => {
    await rig.request("link.set", { settings: both({ delayMillis: 1, rateBitsPerSecond: 50e6 }) });
    await startIperfServer(rig);
    const [captured] = await Promise.all([
      rig.inLink("timeout", "10", "tcpdump", "-Z", "root", "-nl", "-i", "any", "-c", "1000", "tcp port 5201"),
      rig.at("a", "iperf3", "--client", rig.ends.b, "--time", "3"),
    ]);
    const payloads = [...captured.matchAll(/ length (\d+)/g)].map(([, length]) => Number(length));
    // 1500 bytes less 20 of IP, 20 of TCP and 12 of TCP's timestamps.
    assert.deepEqual([payloads.length, Math.max(...payloads)], [1000, 1448]);
  });

  it("loses and queues TCP's segments one by one: none is joined with others on its way", async () => {
    const queue = { kind: "drop-tail", amount: 50, unit: "packets" } as const;
    const settings = both({ delayMillis: 10, lossRatio: 0.005, rateBitsPerSecond: 20e6, queue });
    await rig.request("link.set", { settings });
    const before = await undelivered(rig);
    await startIperfServer(rig);
    // So many fill the queue again and again; one may lose too early and too seldom to do so.
    await rig.at("a", "iperf3", "--client", rig.ends.b, "--time", "3", "--parallel", "8");
    await rig.leastRttMillis();
    const now = await undelivered(rig);
    const gone = now.received.packets - before.received.packets - (now.sent.packets - before.sent.packets);
    const counted = now.lost - before.lost + now.dropped - before.dropped;
    assert.ok(counted > 10, `${counted} lost and dropped of ${now.received.packets}`);
    // ARP frames, which are received and not sent or the other way round, may be a few.
    assert.ok(Math.abs(gone - counted) <= 4, `${gone} segments did not come through, ${counted} were lost or dropped`);
  });

  it("lets nothing through between data and management networks", () => assertIsolated(rig));

  it("serves metrics on the management address", async () => {
    await rig.request("link.set", { settings: both({ delayMillis: 1 }) });
    await rig.leastRttMillis();
    const text = await metricsOf(rig);
    assert.match(text, /rttlab_link_info\{link="link",backend="uml"\} 1/);
    assert.match(text, /rttlab_link_configured_delay_seconds\{link="link",direction="forward"\} 0\.001/);
    assert.match(text, /rttlab_link_sent_packets_total\{link="link",direction="backward"\} [1-9]/);
  });

  it("ends with a reason and exit 1 when its guest does, which a request under way says", async () => {
    await using relays = openRelays(await connectDocker());
    const { promise: isHeld, resolve } = Promise.withResolvers<unknown>();
    const held = relays.request(rig.link, "link.room", { packets: 40 }, { onEvent: resolve });
    await isHeld;
    const refused = assert.rejects(held, { code: "E_NOT_RUNNING", message: /stopped with exit 1.*"event":"ended"/s });
    await rig.inLink("sh", "-c", "kill -9 $(grep -lx linux.uml /proc/[0-9]*/comm | cut -d/ -f3)").catch(() => {});
    const { stdout } = await runBounded("docker", ["wait", rig.link]);
    const { stderr } = await runBounded("docker", ["logs", rig.link]);
    assert.equal(stdout.trim(), "1");
    assert.match(stderr, /"event":"ended"/);
    await refused;
  });
});

describe("a link in the container's own kernel", () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig("kernel", both({}));
  });
  after(() => rig?.[Symbol.asyncDispose]());

  it("forwards between its networks", async () => {
    assert.ok((await rig.leastRttMillis()) < PATH_MILLIS);
    const { forward } = await rig.request("link.counters", {});
    assert.ok(forward.received.packets >= 20 && forward.sent.packets >= 20);
  });

  it("lets nothing through between data and management networks", () => assertIsolated(rig));

  it("delays where the kernel has netem; else says that it has none, and goes on as it was", async () => {
    const set = rig.request("link.set", { settings: both({ delayMillis: 10 }) });
    const refusal = await set.then(
      () => null,
      (error: Error) => JSON.parse(error.message),
    );
    const rtt = await rig.leastRttMillis();
    if (refusal === null) return assert.ok(rtt >= 20 && rtt < 20 + PATH_MILLIS, `${rtt} ms`);
    assert.equal(refusal.code, "E_LINK_COMMAND");
    assert.match(refusal.message, /netem.*(qdisc kind is unknown|No such file)/i);
    assert.ok(rtt < PATH_MILLIS, `${rtt} ms`);
  });

  it("stops at once on SIGTERM", async () => {
    const { stdout } = await runBounded("sh", [
      "-c",
      `docker stop ${rig.link} && docker inspect -f '{{.State.ExitCode}}' ${rig.link}`,
    ]);
    assert.equal(stdout.trim().split("\n").at(-1), "0");
  });
});

/**
 * A host that tries to reach the management network by way of the link's leg fails, and so does the
 * reverse.
 */
async function assertIsolated(rig: Rig): Promise<void> {
  await rig.at("a", "ip", "route", "replace", ...rig.wayToMgmt);
  for (const address of [rig.mgmtHost, rig.mgmtLink]) {
    await assert.rejects(rig.at("a", "ping", "-c", "2", "-i", "0.2", "-W", "1", address), `${address} answered`);
  }
  const fromMgmt = ["exec", rig.mgmt, "ping", "-c", "2", "-i", "0.2", "-W", "1", rig.ends.a];
  await assert.rejects(runBounded("docker", fromMgmt), "a data host answered the management network");
}

async function metricsOf(rig: Rig): Promise<string> {
  const fetching = `fetch("http://${rig.mgmtLink}:9100/metrics").then((r) => r.text()).then(console.log)`;
  const words = ["exec", rig.mgmt, "node", "-e", fetching];
  return (await runBounded("docker", words)).stdout;
}
