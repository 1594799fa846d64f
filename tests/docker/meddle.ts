// Interference with a testbed during a study. Each resolves when it is in effect, to a function
// that ends it.

import { once } from "node:events";
import { availableParallelism } from "node:os";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { execute } from "../../topology/apply/exec.ts";
import { request, type Testbed } from "../../topology/testbed/testbed.ts";
import { topology } from "./cli.ts";
import { engine, execIn, pause } from "./engine.ts";

export type End = () => Promise<unknown>;

const named = (scenario: string, member: string) => `rttlab-${scenario}-${member}`;

/**
 * Again and again, for a tenth of a second, the bridge that the server is on carries nothing from
 * its members to each other.
 */
export async function dropNearServer(scenario: string): Promise<End> {
  const server = named(scenario, "server");
  const { Config, NetworkSettings } = await engine.getContainer(server).inspect();
  const address = NetworkSettings.Networks[named(scenario, "servers")]?.IPAddress ?? "";
  const { output } = await execIn(server, "ip", "-4", "-j", "address", "show", "to", address);
  const [device] = JSON.parse(output) as { ifname: string }[];
  const place = await execIn(server, "cat", `/sys/class/net/${device?.ifname}/iflink`);
  const helper = await engine.createContainer({
    Image: Config.Image,
    User: "0",
    Cmd: ["sh", "-c", ISOLATE, "sh", place.output.trim()],
    Labels: { "rttlab.scenario": scenario, "rttlab.role": "probe" },
    HostConfig: { NetworkMode: "host", CapDrop: ["ALL"], CapAdd: ["NET_ADMIN"] },
  });
  await helper.start();
  const said = (await helper.logs({ follow: true, stdout: true, stderr: true })) as unknown as Readable;
  await once(said, "data");
  return async () => {
    const ended = helper.wait();
    await helper.kill({ signal: "SIGTERM" });
    const { StatusCode } = await ended;
    const all = StatusCode === 0 ? "" : `${await helper.logs({ stdout: true, stderr: true })}`;
    await helper.remove({ force: true });
    if (StatusCode !== 0) throw new Error(`dropping near the server: exit ${StatusCode}: ${all}`);
  };
}

/** The argument is the index of the machine's end of one member's interface. */
const ISOLATE = `set -eu
for own in /sys/class/net/*; do
  if [ "$(cat "$own/ifindex" 2>/dev/null)" = "$1" ]; then bridge=$(readlink -f "$own/master"); fi
done
isolate() { for port in "$bridge"/brif/*; do bridge link set dev "\${port##*/}" isolated "$1"; done; }
trap 'isolate off; exit 0' TERM
for time in $(seq 400); do isolate on; echo on; sleep 0.1; isolate off; sleep 0.1; done`;

/** That many datagrams at once from one host to another. */
export async function flood(scenario: string, from: string, to: string, datagrams = 4000): Promise<End> {
  await execIn(named(scenario, from), "perl", "-e", FLOOD, to, String(datagrams));
  return async () => {};
}

const FLOOD = `use Socket; socket(U, PF_INET, SOCK_DGRAM, 0); my $to = sockaddr_in(9, inet_aton($ARGV[0]));
send(U, "x" x 1400, 0, $to) for 1 .. $ARGV[1]`;

/** As many to a link itself, at its end on a network. */
export async function floodLink(scenario: string, from: string, link: string, network: string): Promise<End> {
  const { NetworkSettings } = await engine.getContainer(named(scenario, link)).inspect();
  return flood(scenario, from, NetworkSettings.Networks[named(scenario, network)]?.IPAddress ?? "");
}

/** A link is halted while more arrives at it than its socket has room for. */
export async function floodHalted(scenario: string, link: string): Promise<End> {
  await pause(named(scenario, link));
  try {
    return await flood(scenario, "rudp-client", "rudp-sink", 20_000);
  } finally {
    await engine.getContainer(named(scenario, link)).unpause();
  }
}

/** A busy loop for each processor in the container of a host or link, at most for 20 s. */
export async function spin(testbed: Testbed, member: string): Promise<End> {
  const container = named(testbed.scenario, member);
  await execIn(container, "rm", "-f", ENOUGH);
  const loops = Array.from({ length: availableParallelism() }, () => {
    const output = new PassThrough();
    const ended = execute(testbed.engine, container, ["timeout", "20", "sh", "-c", SPIN], { output });
    return { begun: Promise.race([once(output, "data"), ended]), ended };
  });
  await Promise.all(loops.map(({ begun }) => begun));
  return async () => {
    await execIn(container, "touch", ENOUGH);
    await Promise.all(loops.map(({ ended }) => ended));
  };
}

const ENOUGH = "/tmp/enough";
const SPIN = `echo spins; while [ ! -e ${ENOUGH} ]; do :; done`;

/** Containers of hosts and links end, as of themselves; afterwards they are brought up again. */
export async function endMembers(scenario: string, ...members: string[]): Promise<End> {
  await Promise.all(members.map((member) => engine.getContainer(named(scenario, member)).kill()));
  return () => topology("up", scenario, "idle", "uncalibrated");
}

/** Once packets of its load cross the link, the client's processes do nothing for 0.3 s. */
export async function halt(testbed: Testbed): Promise<End> {
  const crossed = async () => (await request(testbed, "wan", "link.counters", {})).forward.sent.packets;
  const client = engine.getContainer(named(testbed.scenario, "client"));
  const before = await crossed();
  let isOver = false;
  const haltLater = async () => {
    while (!isOver && (await crossed()) < before + SOME_PACKETS) await delay(20);
    await pause(named(testbed.scenario, "client"));
    await delay(300); // this long is what is tried
    await client.unpause();
  };
  const ended = haltLater();
  return () => {
    isOver = true;
    return ended;
  };
}

/** More than the looks at the testbed send. */
const SOME_PACKETS = 20;

/** A transfer between two hosts that the study does not ask for. */
export async function transfer(testbed: Testbed): Promise<End> {
  const over = new AbortController();
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const asked = { target: "rudp-sink:4000", direction: "send", seconds: 60 } as const;
  const options = { signal: over.signal, onEvent: () => resolve() };
  // it is cancelled
  const ended = request(testbed, "rudp-client", "rudp.run", asked, options).catch(() => {});
  await Promise.race([begun, ended]);
  return () => {
    over.abort();
    return ended;
  };
}
