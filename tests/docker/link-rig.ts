// Two plain containers on two networks and one link between them, made with the docker command and
// without topology/plan, so that a test of the link tests the link alone. There may be two at once.

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Operation, opOf, type RequestOf, type ResultOf } from "../../lib/contract/contract.ts";
import type { BackendName, LinkPlan } from "../../lib/contract/link.ts";
import { REQUEST_CLIENT } from "../../lib/contract/places.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { BRIDGE_OPTIONS } from "../../topology/plan/networks.ts";
import { builtImage } from "./apply-host.ts";
import { runBounded, startBounded } from "./child.ts";
import { pause } from "./engine.ts";

const LABELS = ["--label", "rttlab.test=link"];
const HARDENED = ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--tmpfs", "/tmp"];

type End = "a" | "b";

export interface Rig extends AsyncDisposable {
  /** The containers of the link and of the host on the management network. */
  link: string;
  mgmt: string;
  /** Of the hosts that the link joins. */
  ends: Record<End, string>;
  mgmtHost: string;
  mgmtLink: string;
  /** A route from a to the management network by way of the link, as words for `ip`. */
  wayToMgmt: string[];
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
  /** Stops the link's processes until what is begun says that it has sent. */
  whilePaused<T>(begin: (sent: () => void) => Promise<T>): Promise<T>;
  /**
   * Sends full frames from a to b, in groups with a pause between them; returns how many arrived.
   */
  send(frames: number, group?: number, pauseMillis?: number, onSent?: () => void): Promise<number>;
}

/** `number`: of rigs at once, each has its own. */
export async function startRig(backend: BackendName, settings: LinkSettings, number = 0): Promise<Rig> {
  const image = await builtImage(await connectDocker(), "link");
  const place = placeOf(number);
  await removeRig(place);
  for (const name of NETWORKS) {
    const option = Object.entries(BRIDGE_OPTIONS).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    await docker("network", "create", ...LABELS, ...option, "--subnet", place.subnet(name), place.nameOf(name));
  }
  await startLink(image, place, backend, settings);
  await Promise.all([
    startHost(image, place, "a", "b"),
    startHost(image, place, "b", "a"),
    startMgmtHost(image, place),
  ]);
  return rig(place);
}

const NETWORKS = ["a", "b", "mgmt"] as const;
type Network = (typeof NETWORKS)[number];

/** Names and addresses of a rig's parts. */
interface Place {
  nameOf(part: Network | "link"): string;
  subnet(network: Network): string;
  /** Of the link, and of the host, on a network. */
  link(network: Network): string;
  host(network: Network): string;
}

function placeOf(number: number): Place {
  const prefix = (network: Network) => `10.213.${10 * number + NETWORKS.indexOf(network) + 1}`;
  return {
    nameOf: (part) => `rttlab-link-test-${number}-${part}`,
    subnet: (network) => `${prefix(network)}.0/24`,
    link: (network) => `${prefix(network)}.2`,
    host: (network) => `${prefix(network)}.10`,
  };
}

async function startLink(image: string, place: Place, backend: BackendName, settings: LinkSettings): Promise<void> {
  const { nameOf, link } = place;
  const leg = (network: End) => ({ network, address: link(network), prefixLength: 24 });
  const plan: LinkPlan = { backend, legs: [leg("a"), leg("b")], routes: [], settings };
  const environment = {
    RTTLAB_SCENARIO: "link-test",
    RTTLAB_NAME: "link",
    RTTLAB_MGMT_ADDRESS: link("mgmt"),
    RTTLAB_LINK: JSON.stringify(plan),
  };
  await docker(
    ...["create", "--name", nameOf("link"), ...LABELS, ...HARDENED, "--network", nameOf("a"), "--ip", link("a")],
    ...["--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW", "--user", "0:0", "--memory", "320m", "--pids-limit", "256"],
    ...["--tmpfs", "/dev/umlmem:exec,size=160m,mode=0700", "--tmpfs", "/run/rttlab:mode=0700", "--stop-timeout", "2"],
    ...["--sysctl", "net.ipv4.ip_forward=1", "--sysctl", "net.ipv6.conf.all.disable_ipv6=1"],
    ...Object.entries(environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    image,
  );
  await docker("network", "connect", "--ip", link("b"), nameOf("b"), nameOf("link"));
  await docker("network", "connect", "--ip", link("mgmt"), nameOf("mgmt"), nameOf("link"));
  await docker("start", nameOf("link"));
  await untilReady(nameOf("link"));
}

async function untilReady(link: string): Promise<void> {
  const logs = startBounded("docker", ["logs", "--follow", link], { stdio: ["ignore", "ignore", "pipe"] });
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

async function startHost(image: string, place: Place, end: End, other: End): Promise<void> {
  await runHost(image, place, end);
  const wire = [
    `ip route replace ${place.subnet(other)} via ${place.link(end)}`,
    "interface=$(ip -o -4 route show to default | sed 's/.* dev \\([^ ]*\\).*/\\1/')",
    "ethtool -K $interface tso off gso off gro off tx off rx off",
  ];
  await docker("exec", place.nameOf(end), "sh", "-c", wire.join(" && "));
}

/** A host on the management network that would answer anyone who came through the link. */
async function startMgmtHost(image: string, place: Place): Promise<void> {
  await runHost(image, place, "mgmt");
  await docker("exec", place.nameOf("mgmt"), "ip", "route", "add", place.subnet("a"), "via", place.link("mgmt"));
}

async function runHost(image: string, { nameOf, host }: Place, name: Network): Promise<void> {
  const capabilities = ["--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW"];
  const at = ["--network", nameOf(name), "--ip", host(name), "--user", "0:0"];
  await docker("run", "-d", "--name", nameOf(name), ...LABELS, ...HARDENED, ...capabilities, ...at, image, ...IDLE);
}

const IDLE = ["sleep", "infinity"];

function rig(place: Place): Rig {
  const { nameOf, host } = place;
  const at: Rig["at"] = (end, ...command) => docker("exec", nameOf(end), ...command);
  return {
    link: nameOf("link"),
    mgmt: nameOf("mgmt"),
    ends: { a: host("a"), b: host("b") },
    mgmtHost: host("mgmt"),
    mgmtLink: place.link("mgmt"),
    wayToMgmt: [place.subnet("mgmt"), "via", place.link("a")],
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
      const printed = await at("a", "ping", "-c", "20", "-i", "0.05", "-q", host("b"));
      return Number(/= ([\d.]+)\//.exec(printed)?.[1]);
    },
    async send(frames, group = frames, pauseMillis = 0, onSent = () => {}) {
      const receiver = startBounded("docker", ["exec", nameOf("b"), "perl", "-e", RECEIVE]);
      const lines = createInterface({ input: receiver.stdout as Readable })[Symbol.asyncIterator]();
      await lines.next();
      await at("a", "perl", "-e", SEND, host("b"), String(frames), String(group), String(pauseMillis));
      onSent();
      return Number((await lines.next()).value);
    },
    async whilePaused(begin) {
      await pause(nameOf("link"));
      const { promise: isSent, resolve } = Promise.withResolvers<void>();
      const begun = begin(resolve);
      await Promise.race([isSent, begun]).finally(() => docker("unpause", nameOf("link")));
      return begun;
    },
    [Symbol.asyncDispose]: () => removeRig(place),
  };
}

const PORT = 9000;

/**
 * Announces that it listens, then counts datagrams until none has arrived for two seconds, longer
 * than any queue here takes to drain.
 */
const RECEIVE = `use Socket; $| = 1; socket(S, PF_INET, SOCK_DGRAM, 0); setsockopt(S, SOL_SOCKET, 33, 1 << 25) or die $!;
bind(S, sockaddr_in(${PORT}, INADDR_ANY)) or die $!; print "listening\\n"; my $n = 0; my $wait = 60;
while (1) { my $r = ""; vec($r, fileno(S), 1) = 1; last unless select($r, undef, undef, $wait); recv(S, my $d, 2000, 0); $n++; $wait = 2 }
print "$n\\n";`;

/** 1472 bytes of payload make a packet of 1500 and a frame of 1514. */
const SEND = `use Socket; my ($to, $frames, $group, $pause) = @ARGV; socket(S, PF_INET, SOCK_DGRAM, 0);
setsockopt(S, SOL_SOCKET, 32, 1 << 24) or die $!; my $at = sockaddr_in(${PORT}, inet_aton($to)); my $data = "x" x 1472;
for my $i (1 .. $frames) { send(S, $data, 0, $at) or die $!; select(undef, undef, undef, $pause / 1000) if $i % $group == 0 && $pause }`;

async function removeRig({ nameOf }: Place): Promise<void> {
  await docker("rm", "-f", ...[...NETWORKS, "link" as const].map(nameOf)).catch(() => {});
  await docker("network", "rm", ...NETWORKS.map(nameOf)).catch(() => {});
}

async function docker(...words: string[]): Promise<string> {
  return (await runBounded("docker", words)).stdout;
}
