// Two plain containers on two networks and one link between them, made with the docker command and
// without topology/plan, so that a test of the link tests the link alone.

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { type Operation, opOf, type RequestOf, type ResultOf } from "../../lib/contract/contract.ts";
import type { BackendName, LinkPlan } from "../../lib/contract/link.ts";
import { REQUEST_CLIENT } from "../../lib/contract/places.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { buildImage, imageTags, presentImages } from "../../topology/apply/images.ts";
import { BRIDGE_OPTIONS } from "../../topology/plan/networks.ts";
import { runBounded, startBounded } from "./child.ts";

const ROOT = `${import.meta.dirname}/../..`;
const LABELS = ["--label", "rttlab.test=link"];
const PREFIX = "rttlab-link-test";
const HARDENED = ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--tmpfs", "/tmp"];

export const ENDS = { a: "10.213.1.10", b: "10.213.2.10" } as const;
export const MGMT_HOST = "10.213.3.10";
export const MGMT_LINK = "10.213.3.2";
type End = keyof typeof ENDS;

export interface Rig extends AsyncDisposable {
  link: string;
  /** Runs a command in a host; returns stdout. Rejects on a non-zero exit. */
  at(end: End, ...command: string[]): Promise<string>;
  inLink(...command: string[]): Promise<string>;
  /**
   * Sends a request to the link's agent. Rejects with its last event as the message unless that is
   * `done`.
   */
  request<Op extends Operation>(operation: Op, request: RequestOf<Op>): Promise<ResultOf<Op>>;
  /**
   * The least RTT of 20 pings from a to b in ms: the one least disturbed by other work on the
   * machine.
   */
  leastRttMillis(): Promise<number>;
  /** Stops the link's processes for the second after something was begun. */
  whilePaused<T>(begin: () => Promise<T>): Promise<T>;
  /**
   * Sends full frames from a to b, in groups with a pause between them; returns how many arrived.
   */
  send(frames: number, group?: number, pauseMillis?: number): Promise<number>;
}

/** The link's current image, built if Docker does not have it. */
async function linkImage(): Promise<string> {
  const engine = await connectDocker();
  const [tags, present] = await Promise.all([imageTags(ROOT, engine.architecture), presentImages(engine)]);
  for (const image of ["base", "link"] as const) {
    if (!present.includes(tags[image])) await buildImage(engine, ROOT, image, tags[image]);
  }
  return tags.link;
}

export async function startRig(backend: BackendName, settings: LinkSettings): Promise<Rig> {
  const image = await linkImage();
  await removeRig();
  const networks = ["a", "b", "mgmt"];
  for (const [index, name] of networks.entries()) {
    const option = Object.entries(BRIDGE_OPTIONS).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    await docker("network", "create", ...LABELS, ...option, "--subnet", `10.213.${index + 1}.0/24`, nameOf(name));
  }
  await startLink(image, backend, settings);
  await Promise.all([startHost(image, "a", 1, 2), startHost(image, "b", 2, 1), startMgmtHost(image)]);
  return rig();
}

async function startLink(image: string, backend: BackendName, settings: LinkSettings): Promise<void> {
  const leg = (network: string, n: number) => ({ network, address: `10.213.${n}.2`, prefixLength: 24 });
  const plan: LinkPlan = { backend, legs: [leg("a", 1), leg("b", 2)], routes: [], settings };
  const environment = {
    RTTLAB_SCENARIO: "link-test",
    RTTLAB_NAME: "link",
    RTTLAB_MGMT_ADDRESS: MGMT_LINK,
    RTTLAB_LINK: JSON.stringify(plan),
  };
  await docker(
    ...["create", "--name", nameOf("link"), ...LABELS, ...HARDENED, "--network", nameOf("a"), "--ip", "10.213.1.2"],
    ...["--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW", "--user", "0:0", "--memory", "320m", "--pids-limit", "256"],
    ...["--tmpfs", "/dev/umlmem:exec,size=160m,mode=0700", "--tmpfs", "/run/rttlab:mode=0700", "--stop-timeout", "2"],
    ...["--sysctl", "net.ipv4.ip_forward=1", "--sysctl", "net.ipv6.conf.all.disable_ipv6=1"],
    ...Object.entries(environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    image,
  );
  await docker("network", "connect", "--ip", "10.213.2.2", nameOf("b"), nameOf("link"));
  await docker("network", "connect", "--ip", MGMT_LINK, nameOf("mgmt"), nameOf("link"));
  await docker("start", nameOf("link"));
  await untilReady();
}

async function untilReady(): Promise<void> {
  const logs = startBounded("docker", ["logs", "--follow", nameOf("link")], { stdio: ["ignore", "ignore", "pipe"] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: logs.stderr as Readable })) {
    lines.push(line);
    if (line.includes('"event":"ready"')) {
      logs.kill();
      return;
    }
  }
  throw new Error(`the link ended before it was ready: ${lines.join(" | ")}`);
}

async function startHost(image: string, end: End, own: number, other: number): Promise<void> {
  await runHost(image, end, ENDS[end]);
  const wire = [
    `ip route replace 10.213.${other}.0/24 via 10.213.${own}.2`,
    "interface=$(ip -o -4 route show to default | sed 's/.* dev \\([^ ]*\\).*/\\1/')",
    "ethtool -K $interface tso off gso off gro off tx off rx off",
  ];
  await docker("exec", nameOf(end), "sh", "-c", wire.join(" && "));
}

/** A host on the management network that would answer anyone who came through the link. */
async function startMgmtHost(image: string): Promise<void> {
  await runHost(image, "mgmt", MGMT_HOST);
  await docker("exec", nameOf("mgmt"), "ip", "route", "add", "10.213.1.0/24", "via", MGMT_LINK);
}

async function runHost(image: string, name: string, address: string): Promise<void> {
  const capabilities = ["--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW"];
  const place = ["--network", nameOf(name), "--ip", address, "--user", "0:0"];
  await docker("run", "-d", "--name", nameOf(name), ...LABELS, ...HARDENED, ...capabilities, ...place, image, ...IDLE);
}

const IDLE = ["sleep", "infinity"];

function rig(): Rig {
  const at: Rig["at"] = (end, ...command) => docker("exec", nameOf(end), ...command);
  return {
    link: nameOf("link"),
    at,
    inLink: (...command) => docker("exec", nameOf("link"), ...command),
    async request(operation, request) {
      const asking = runBounded("docker", ["exec", "-i", nameOf("link"), "node", REQUEST_CLIENT]);
      asking.child.stdin?.write(`${JSON.stringify({ ...request, op: opOf(operation) })}\n`);
      const { stdout } = await asking.catch((error: { stdout: string }) => {
        throw new Error(error.stdout);
      });
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}");
    },
    async leastRttMillis() {
      const printed = await at("a", "ping", "-c", "20", "-i", "0.05", "-q", ENDS.b);
      return Number(/= ([\d.]+)\//.exec(printed)?.[1]);
    },
    async send(frames, group = frames, pauseMillis = 0) {
      const receiver = startBounded("docker", ["exec", nameOf("b"), "perl", "-e", RECEIVE]);
      const lines = createInterface({ input: receiver.stdout as Readable })[Symbol.asyncIterator]();
      await lines.next();
      await at("a", "perl", "-e", SEND, ENDS.b, String(frames), String(group), String(pauseMillis));
      return Number((await lines.next()).value);
    },
    async whilePaused(begin) {
      await docker("pause", nameOf("link"));
      const begun = begin();
      await setTimeout(PAUSE_MILLIS);
      await docker("unpause", nameOf("link"));
      return begun;
    },
    [Symbol.asyncDispose]: removeRig,
  };
}

/**
 * Longer than two execs and the sending of the frames take, shorter than the receiver waits for the
 * first one.
 */
const PAUSE_MILLIS = 4000;

const PORT = 9000;

/**
 * Announces that it listens, then counts datagrams until none has arrived for two seconds, longer
 * than any queue here takes to drain.
 */
const RECEIVE = `use Socket; $| = 1; socket(S, PF_INET, SOCK_DGRAM, 0); setsockopt(S, SOL_SOCKET, 33, 1 << 25) or die $!;
bind(S, sockaddr_in(${PORT}, INADDR_ANY)) or die $!; print "listening\\n"; my $n = 0; my $wait = 10;
while (1) { my $r = ""; vec($r, fileno(S), 1) = 1; last unless select($r, undef, undef, $wait); recv(S, my $d, 2000, 0); $n++; $wait = 2 }
print "$n\\n";`;

/** 1472 bytes of payload make a packet of 1500 and a frame of 1514. */
const SEND = `use Socket; my ($to, $frames, $group, $pause) = @ARGV; socket(S, PF_INET, SOCK_DGRAM, 0);
setsockopt(S, SOL_SOCKET, 32, 1 << 24) or die $!; my $at = sockaddr_in(${PORT}, inet_aton($to)); my $data = "x" x 1472;
for my $i (1 .. $frames) { send(S, $data, 0, $at) or die $!; select(undef, undef, undef, $pause / 1000) if $i % $group == 0 && $pause }`;

async function removeRig(): Promise<void> {
  await docker("rm", "-f", ...["a", "b", "mgmt", "link"].map(nameOf)).catch(() => {});
  await docker("network", "rm", ...["a", "b", "mgmt"].map(nameOf)).catch(() => {});
}

function nameOf(part: string): string {
  return `${PREFIX}-${part}`;
}

async function docker(...words: string[]): Promise<string> {
  return (await runBounded("docker", words)).stdout;
}
