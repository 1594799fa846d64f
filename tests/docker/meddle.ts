// What somebody may do to a testbed under a study's feet: frames dropped beside the link, a burst,
// a busy processor.

import { engine, execIn } from "./engine.ts";

const named = (scenario: string, member: string) => `rttlab-${scenario}-${member}`;

/**
 * For a second, again and again, the bridge that the server is on carries nothing from its members
 * to each other.
 */
export async function dropNearServer(scenario: string): Promise<void> {
  const server = engine.getContainer(named(scenario, "server"));
  const { Config, NetworkSettings } = await server.inspect();
  const address = NetworkSettings.Networks[named(scenario, "servers")]?.IPAddress ?? "";
  const { output } = await execIn(named(scenario, "server"), "ip", "-4", "-j", "address", "show", "to", address);
  const [device] = JSON.parse(output) as { ifname: string }[];
  const place = await execIn(named(scenario, "server"), "cat", `/sys/class/net/${device?.ifname}/iflink`);
  const helper = await engine.createContainer({
    Image: Config.Image,
    User: "0",
    Cmd: ["sh", "-c", ISOLATE, "sh", place.output.trim()],
    Labels: { "rttlab.scenario": scenario, "rttlab.role": "probe" },
    HostConfig: { NetworkMode: "host", CapDrop: ["ALL"], CapAdd: ["NET_ADMIN"] },
  });
  try {
    await helper.start();
    const { StatusCode } = await helper.wait();
    if (StatusCode !== 0) throw new Error(`${await helper.logs({ stdout: true, stderr: true })}`);
  } finally {
    await helper.remove({ force: true });
  }
}

/** The argument is the index of the machine's end of one member's interface. */
const ISOLATE = `set -eu
for own in /sys/class/net/*; do
  if [ "$(cat "$own/ifindex")" = "$1" ]; then bridge=$(readlink -f "$own/master"); fi
done
isolate() { for port in "$bridge"/brif/*; do bridge link set dev "\${port##*/}" isolated "$1"; done; }
trap 'isolate off' EXIT
for time in 1 2 3 4 5; do isolate on; sleep 0.1; isolate off; sleep 0.1; done`;

/** 4,000 datagrams at once from the client's side to the server's. */
export async function flood(scenario: string): Promise<void> {
  await execIn(named(scenario, "rudp-client"), "perl", "-e", FLOOD, "rudp-sink");
}

const FLOOD = `use Socket; socket(U, PF_INET, SOCK_DGRAM, 0); my $to = sockaddr_in(9, inet_aton($ARGV[0]));
send(U, "x" x 1400, 0, $to) for 1 .. 4000`;

/** Two busy loops in the server's container until the signal, or for 20 s. */
export async function spin(scenario: string, signal: AbortSignal): Promise<void> {
  const server = named(scenario, "server");
  const inServer = (script: string) => execIn(server, "sh", "-c", script);
  await inServer(`rm -f ${ENOUGH}`);
  signal.addEventListener("abort", () => void inServer(`touch ${ENOUGH}`));
  const loop = `while [ ! -e ${ENOUGH} ]; do :; done`;
  for (const words of [loop, loop]) void execIn(server, "timeout", "20", "sh", "-c", words);
}

const ENOUGH = "/tmp/enough";
