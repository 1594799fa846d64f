// The effect of each impairment and each queue on packets, for tests of one link in real
// containers.

import assert from "node:assert/strict";
import { it } from "node:test";
import { CONTROL_FOLDER } from "../../lib/contract/places.ts";
import { type Direction, FIELDS, UNIMPAIRED } from "../../lib/link/direction.ts";
import { shapeOf } from "../../lib/link/jitter-shapes.ts";
import { deviationsOf, PARTS, readTable } from "../../lib/link/jitter-table.ts";
import { changedSettings } from "../../lib/link/link.ts";
import { changeSettings, readChange } from "../../topology/model/set.ts";
import type { Rig } from "./link-rig.ts";
import { both, PATH_MILLIS, startIperfServer, undelivered } from "./link-rig-use.ts";

/** Some are not round: the kernel keeps a bucket as a time, in ticks of its clock. */
const RATES = ["8kbit", "100kbit", "333333bit", "10mbit", "10467kbit", "150mbit", "199999999bit", "200mbit"];

/** Some are tried at the same time on two links that do not share anything but the machine. */
export function describeImpairments(rigsNow: () => [Rig, Rig]): void {
  const rigNow = () => rigsNow()[0];

  it("takes every impairment and every queue, and reads each back as it was asked", async () => {
    const rig = rigNow();
    const words = [
      "delay=20ms jitter=5ms distribution=uniform",
      "delay=10s jitter=2147ms",
      "delay=20ms jitter=5ms distribution=pareto order=free reordering=2.5%",
      "delay=20ms jitter=5ms distribution=paretonormal corruption=1%",
      "gilbert=0.5%/20%",
      "gilbert=0.5%/20%/80%/0.1% corruption=0.1%",
      "markov=1%/30%/5%/50%/0.1%",
      "duplication=3% slots=20ms/30ms",
      "slots=2ms/2ms/10packets",
      ...["fq_codel+ecn", "codel", "codel+ecn", "pie", "pie+ecn", "red", "red+ecn", "cake", "fq"].flatMap((queue) =>
        RATES.map((rate) => `rate=${rate} queue=${queue}`),
      ),
    ];
    for (const asked of words) {
      const settings = changeSettings("link", both({}), asked.split(" "), "uml");
      assert.deepEqual((await rig.request("link.set", { settings })).settings, settings, asked);
    }
  });

  it("jitters by a table of one's own, which tc has from the agent alone", async () => {
    const rig = rigNow();
    // Four of five packets are on time, the fifth is late by four times the jitter.
    const words = ["forward", "delay=20ms", "jitter=5ms", "distribution=own.dist"];
    const before = both({ delayMillis: 20 }, 3);
    const settings = changedSettings(
      before,
      readChange("link", before, words, "uml", () => "0 0 0 0 32767"),
    );
    assert.deepEqual((await rig.request("link.set", { settings })).settings, settings);
    assert.deepEqual((await rig.request("link.inspect", {})).differences, []);
    assert.equal(await rig.inLink("find", CONTROL_FOLDER, "-name", "*.dist"), "");
    // So far apart that none holds up the next.
    const printed = await rig.at("a", "ping", "-c", "400", "-i", "0.025", rig.ends.b);
    const millis = [...printed.matchAll(/time=([\d.]+)/g)].map(([, time]) => Number(time));
    const late = millis.filter((each) => each >= 60).length;
    const onTime = millis.filter((each) => each < 40 + PATH_MILLIS).length;
    // Of 400, five standard deviations of a fifth are 40. A busy machine makes some of the others
    // late, which says nothing of the table.
    assert.ok(millis.length === 400 && late > 40 && onTime > 200, `${late} late and ${onTime} on time`);
  });

  it("has netem's own distributions as calibration expects them", async () => {
    const rig = rigNow();
    for (const name of ["normal", "pareto", "paretonormal"] as const) {
      const text = await rig.inLink("find", "/usr/lib", "-path", `*/tc/${name}.dist`, "-exec", "cat", "{}", "+");
      const read = readTable(`${name}.dist`, () => text);
      const deviations = "table" in read ? deviationsOf(read.table) : assert.fail(JSON.stringify(read.problems));
      const shape = shapeOf(name);
      assert.equal(deviations.length, shape.length);
      // normal.c goes by steps of half a part, and paretonormal.c rounds towards zero.
      const furthest = Math.max(...deviations.map((each, at) => Math.abs(each - (shape[at] as number))));
      assert.ok(furthest <= 2 / PARTS, `${name}: ${furthest * PARTS} parts`);
    }
  });

  it("lets packets overtake others, arrive twice, in groups and damaged, as many as configured", async () => {
    const [first, second] = rigsNow();
    const ping = async (rig: Rig, direction: Partial<Direction>) => {
      await rig.request("link.set", { settings: { ...both({}, 3), forward: { ...UNIMPAIRED, ...direction } } });
      const printed = await rig.at("a", "ping", "-c", "1000", "-i", "0.002", "-W", "1", rig.ends.b);
      return {
        lines: printed,
        sequences: [...printed.matchAll(/icmp_seq=(\d+) ttl/g)].map(([, sequence]) => Number(sequence)),
      };
    };
    // Of 1000 packets, five standard deviations of a tenth are 47.
    const isTenth = (count: number) => count > 53 && count < 147;
    const [[reordered, doubled], [damaged, grouped]] = await Promise.all([
      inTurn(
        () => ping(first, { delayMillis: 20, reorderingRatio: 0.1 }),
        () => ping(first, { duplicationRatio: 0.1 }),
      ),
      inTurn(
        () => ping(second, { corruptionRatio: 0.1 }),
        () => ping(second, { slots: { minMillis: 40, maxMillis: 40, packets: null } }),
      ),
    ]);
    const { sequences } = reordered;
    const early = sequences.filter((sequence, at) => sequence > (sequences[at + 1] ?? Number.POSITIVE_INFINITY));
    // One that overtakes another early one is hidden behind it: a tenth of a tenth.
    assert.ok(isTenth(early.length), `${early.length} overtook others`);
    const twice = doubled.lines.match(/DUP!/g)?.length ?? 0;
    assert.ok(isTenth(twice), `${twice} arrived twice`);
    // Of 98 bytes the Ethernet header's 14 do not matter.
    const whole = damaged.sequences.length;
    assert.ok(1000 - whole > 40 && 1000 - whole < 135, `${whole} of 1000 arrived undamaged`);
    const millis = [...grouped.lines.matchAll(/time=([\d.]+)/g)].map(([, time]) => Number(time));
    const mean = millis.reduce((sum, one) => sum + one, 0) / millis.length;
    // Packets come all the time, and wait half a slot on average.
    assert.ok(mean > 15 && mean < 25 + PATH_MILLIS, `${mean} ms`);
  });

  it("loses packets in bursts by a model that has them", async () => {
    const rig = rigNow();
    const gilbertElliott = { toBadRatio: 0.01, toGoodRatio: 0.1, badLossRatio: 1, goodLossRatio: 0 };
    await rig.request("link.set", { settings: { ...both({}, 5), forward: { ...UNIMPAIRED, gilbertElliott } } });
    const printed = await rig.at("a", "ping", "-c", "3000", "-i", "0.002", "-W", "1", rig.ends.b);
    const sequences = [...printed.matchAll(/icmp_seq=(\d+) ttl/g)].map(([, sequence]) => Number(sequence));
    const bursts = sequences.filter((sequence, at) => at > 0 && sequence > (sequences[at - 1] as number) + 1).length;
    const lost = 3000 - sequences.length;
    // 9.1 % in bursts of 10: some 27 of them, whose mean length is known to 60 % at three standard
    // errors. Independent losses would come in 1.1.
    assert.ok(lost / bursts > 4 && lost / bursts < 16, `${lost} lost in ${bursts} bursts`);
    assert.equal((await undelivered(rig)).lost, lost);
  });

  it("keeps the queue short by each AQM, where the same rate with a deep queue does not", async () => {
    const [first, second] = rigsNow();
    const ofEach = async (rig: Rig, queues: readonly [text: string, seconds: number, flows: number][]) => {
      const seen: Record<string, BesideFlows> = {};
      for (const [text, seconds, flows] of queues) seen[text] = await besideFlows(rig, text, seconds, flows);
      return seen;
    };
    const [some, others] = await Promise.all([
      ofEach(first, [
        ["4bdp", 6, 4],
        ["codel", 8, 2],
        ["red", 8, 2],
      ]),
      ofEach(second, [
        ["fq_codel", 4, 4],
        ["cake", 4, 4],
        ["fq", 4, 4],
        ["pie", 8, 2],
      ]),
    ]);
    const under = (text: string) => some[text] ?? others[text] ?? assert.fail(text);
    const deep = under("4bdp");
    assert.ok(deep.millis > 40, `${deep.millis} ms beside flows in a queue of 80 ms`);
    for (const text of ["fq_codel", "cake", "fq"]) {
      const { tenthMillis, dropped } = under(text);
      // The ping has a queue of its own: 20 ms of path, twice a frame on the wire (1.2 ms), and the
      // bucket's burst (4 ms). A tenth of the pings, as below.
      assert.ok(tenthMillis < 20 + 6.4 + PATH_MILLIS, `${tenthMillis} ms beside flows under ${text}`);
      // fq is no AQM: it drops when a flow has a hundred packets there, and four have not.
      assert.ok(dropped > 0 || text === "fq", `${text} dropped none`);
    }
    // RFC 8289 (4.3), RFC 8033 (4.2), and the upper threshold of Adaptive RED.
    const targets = [["codel", 5] as const, ["pie", 15] as const, ["red", 7.5] as const];
    // Those of the path, of a frame on the wire twice, and of the bucket's burst, as above.
    const restMillis = 20 + 6.4 + PATH_MILLIS;
    // CUBIC shrinks a window by three tenths (RFC 9438, 4.6): of 40 ms under way, by 12.
    const swingMillis = 12;
    assert.ok(
      deep.tenthMillis > restMillis + 15 + swingMillis,
      `${deep.tenthMillis} ms wait in a deep queue without an AQM`,
    );
    for (const [text, targetMillis] of targets) {
      const { tenthMillis, dropped } = under(text);
      // One queue for all, which an AQM lets stand at its target and windows swing above it. A
      // tenth of the pings, for a busy machine makes packets late and never early: with loads of 20
      // to 60 on two cores they waited 8 to 13 ms, and 65 in the deep queue.
      assert.ok(tenthMillis < restMillis + targetMillis + swingMillis, `${tenthMillis} ms beside flows under ${text}`);
      assert.ok(dropped > 0, `${text} dropped none`);
    }
  });

  it("marks packets of flows that are capable of ECN where the queue is to, and drops them where it is not", async () => {
    const rig = rigNow();
    const { b } = rig.ends;
    const way = `via $(ip route get ${b} | sed 's/.* via \\([^ ]*\\).*/\\1/;q')`;
    await rig.at("a", "sh", "-c", `ip route add ${b}/32 ${way} features ecn`);
    try {
      for (const ecn of [true, false]) {
        const queue = { kind: "codel", ecn } as const;
        await rig.request("link.set", { settings: both({ delayMillis: 10, rateBitsPerSecond: 10e6, queue }) });
        await startIperfServer(rig);
        await rig.at("a", "iperf3", "--client", b, "--time", "4", "--parallel", "2");
        const { marked, dropped } = await undelivered(rig);
        // A bare acknowledgement is not capable of it, and may be dropped.
        const isRight = ecn ? marked > dropped : marked === 0 && dropped > 0;
        assert.ok(isRight, `${ecn ? "with" : "without"} ECN ${marked} marked, ${dropped} dropped`);
      }
    } finally {
      await rig.at("a", "ip", "route", "del", `${b}/32`);
    }
  });
}

async function inTurn<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<[T, T]> {
  return [await first(), await second()];
}

/** Round trips of pings: the median, and what a tenth of them stays below. */
interface BesideFlows {
  millis: number;
  tenthMillis: number;
  dropped: number;
}

/** Pings beside flows of TCP through a queue at 10 Mbit/s. */
async function besideFlows(rig: Rig, text: string, seconds: number, flows: number): Promise<BesideFlows> {
  const queue = FIELDS.queue.parse(text) ?? assert.fail(text);
  await rig.request("link.set", { settings: both({ delayMillis: 10, rateBitsPerSecond: 10e6, queue }) });
  await startIperfServer(rig);
  const [printed] = await Promise.all([
    rig.at("a", "sh", "-c", `sleep ${seconds / 2}; ping -c ${seconds * 8} -i 0.05 ${rig.ends.b}`),
    // One flow may leave slow start early (HyStart) and take many seconds to fill a queue.
    rig.at("a", "iperf3", "--client", rig.ends.b, "--time", String(seconds), "--parallel", String(flows)),
  ]);
  const millis = [...printed.matchAll(/time=([\d.]+)/g)].map(([, time]) => Number(time)).sort((a, b) => a - b);
  const quantile = (share: number) => millis[Math.floor(millis.length * share)] ?? Number.NaN;
  const { dropped } = await undelivered(rig);
  return { millis: quantile(0.5), tenthMillis: quantile(0.1), dropped };
}
