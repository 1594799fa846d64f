// The User-Mode Linux backend: a guest kernel with netem, on packet sockets bound to the
// container's two data interfaces. The container's own stack ignores these interfaces, and the
// management interface is never part of the guest, so nothing is forwarded between the two.
// docs/decisions/0003-user-mode-linux.md has the reasons; guest/ has the launcher and the init.

import { spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Leg } from "../../lib/contract/link.ts";
import { log } from "../../lib/contract/serving/log.ts";
import { RttlabError } from "../../lib/errors.ts";
import { openShell } from "../../lib/kept-shell.ts";
import { HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { QUEUE_MODULES } from "../../lib/link/queues/table.ts";
import { shellWord } from "../../lib/shell-word.ts";
import { type Backend, devicesOf } from "./backend.ts";
import type { Config } from "./config.ts";
import { findInterfaces, type Interface, runHere, takeOffloads } from "./interfaces.ts";
import { openKeptTc } from "./kept-tc.ts";
import { parseSocketDrops } from "./socket-drops.ts";

const GUEST = fileURLToPath(new URL("./guest", import.meta.url));
/** HOLDS_FRAMES was measured with this. */
const GUEST_MEMORY = "128M";
/** Both stages need these, and each kind of queue its own. */
const SCHED_MODULES = ["sch_netem", "sch_ingress", "cls_u32", "act_mirred", ...QUEUE_MODULES];
/**
 * Becomes part of the environment of the guest's init. AVX state is not kept there
 * (guest/launch.pl): glibc must not use it. Without XSAVE alone its memmove still does, and perl
 * read files with holes of 16 bytes.
 */
const PLAIN_GLIBC = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-XSAVE,-XSAVEC,-AVX2,-AVX512VL,-AVX_Fast_Unaligned_Load";
/** The guest's driver counts what it received without the header, what it sent with it. */
const ETHERNET_HEADER_BYTES = 14;
/**
 * Saves the guest 0.3 s of measuring the processor's speed, which only drivers that it lacks need.
 */
const UNMEASURED = "lpj=35000000";
const OF_GUEST = {
  where: "the guest",
  codes: { failed: "E_LINK_COMMAND", silent: "E_LINK_SILENT" },
  onNudge: (program: string) => log("guest-nudged", { program }),
};
/** The last output of the guest's kernel is kept, without the stack that follows a panic. */
const LAST_LINES = 10;
const STACK_LINE = /^(Stack:| [0-9a-f]{8,}|.*\[<[0-9a-f]+>\])/;

/**
 * Boots the guest; resolves when it forwards, without qdiscs of ours. Rejects if it does not come
 * up.
 */
export async function startUml({ legs, routes, mgmtAddress }: Config): Promise<Backend> {
  const addresses = [...legs.map(({ address }) => address), mgmtAddress];
  const found = findInterfaces(await runHere("ip", "-j", "address", "show"), addresses);
  const [first, second] = found as [Interface, Interface];
  await deafen([first, second]);
  const guest = bootGuest([first.name, second.name]);
  const shell = openShell(guest.toShell, guest.fromShell, OF_GUEST);
  const trouble = await Promise.race([shell.ready.catch(() => "it did not boot"), guest.ended]);
  if (typeof trouble === "string") {
    guest.kill();
    throw new RttlabError("E_LINK_GUEST", `booting User-Mode Linux: ${trouble}`);
  }
  const script: Backend["script"] = (line) => shell.run(["eval", line]);
  await script(PREPARE);
  const run: Backend["run"] = (...command) => shell.run(command);
  const console = { run, script, console: "/dev/tty2", input: guest.toTc, output: guest.fromTc };
  await script(guestSetup(legs, [first, second], routes));
  return {
    name: "uml",
    devices: devicesOf("vec0", "vec1"),
    interfaces: [first.name, second.name],
    run,
    script,
    tc: await openKeptTc(console, OF_GUEST),
    clockMillis: async () => Number(await script(PRINT_CLOCK)) / 1e6,
    missed: async () => parseSocketDrops(await runHere("ss", "-0", "-n", "-m", "-p"), first.name, second.name),
    holdsFrames: HOLDS_FRAMES.uml,
    uncountedBytes: ETHERNET_HEADER_BYTES,
    ended: guest.ended,
  };
}

/**
 * Afterwards the container's own stack neither answers nor forwards anything from the data
 * interfaces.
 */
async function deafen(interfaces: readonly Interface[]): Promise<void> {
  await runHere("ip", "rule", "add", "pref", "10", "lookup", "local");
  await runHere("ip", "rule", "del", "pref", "0");
  for (const { name } of interfaces) {
    await runHere("ip", "rule", "add", "pref", "1", "iif", name, "blackhole");
    await runHere("ip", "address", "flush", "dev", name);
    await takeOffloads(name);
  }
  await runHere("ip", "route", "replace", "unreachable", "default");
}

interface Guest {
  /** The ends of its consoles. */
  toShell: Duplex;
  fromShell: Duplex;
  toTc: Duplex;
  fromTc: Duplex;
  ended: Promise<string>;
  kill(): void;
}

function bootGuest(interfaces: readonly string[]): Guest {
  const kernel = [
    "linux.uml",
    `mem=${GUEST_MEMORY}`,
    "rootfstype=hostfs",
    "rootflags=/",
    "ro",
    `init=${GUEST}/init.sh`,
  ];
  const terminals = [
    "con=null",
    "con0=null,fd:1",
    "con1=fd:3,fd:4",
    "con2=fd:5,fd:6",
    "quiet",
    UNMEASURED,
    PLAIN_GLIBC,
  ];
  const child = spawn("perl", [`${GUEST}/launch.pl`, ...interfaces, "--", ...kernel, ...terminals], {
    cwd: "/",
    env: { PATH: process.env.PATH, HOME: "/tmp", TMPDIR: "/dev/umlmem" },
    stdio: ["ignore", ...Array<"pipe">(6).fill("pipe")],
  });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      lastLines.push(...text.split("\n").filter((line) => line.trim() !== "" && !STACK_LINE.test(line)));
      lastLines.splice(0, lastLines.length - LAST_LINES);
    });
  }
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  child.once("error", (error) => resolve(error.message));
  child.once("close", (code, signal) => resolve(`it ended (${signal ?? `exit ${code}`}): ${lastLines.join(" | ")}`));
  const consoles = child.stdio.slice(3) as unknown as [Duplex, Duplex, Duplex, Duplex];
  const [toShell, fromShell, toTc, fromTc] = consoles;
  return { toShell, fromShell, toTc, fromTc, ended, kill: () => child.kill("SIGKILL") };
}

/** Makes the guest's kernel a router. It has no modprobe to load what tc needs. */
const PREPARE = [
  "modules=/usr/lib/uml/modules/$(uname -r)/kernel",
  ...[...SCHED_MODULES.map((module) => `net/sched/${module}`), "drivers/net/ifb"].map(
    (module) => `insmod $modules/${module}.ko`,
  ),
  // Otherwise the guest joins received TCP segments, and netem loses and queues several as one:
  // half the loss, and twice the queue.
  ...["vec0", "vec1"].map((device) => `ethtool -K ${device} gro off`),
  "echo 1 >/proc/sys/net/ipv4/ip_forward",
  // A burst may arrive before a neighbour is known, and a known one seldom needs to be asked again.
  `echo ${16 << 20} >/proc/sys/net/ipv4/neigh/default/unres_qlen_bytes`,
  "echo 3600000 >/proc/sys/net/ipv4/neigh/default/base_reachable_time_ms",
].join(" && ");

/** By the shell alone, for starting a program takes the guest some 20 ms. */
const PRINT_CLOCK = '{ read _; read _; read -r _ _ now _; } </proc/timer_list; echo "$now"';

/**
 * Gives the guest what Docker gave the container, by one `ip`, because each process costs it 10 ms
 * or more.
 */
function guestSetup(legs: readonly Leg[], interfaces: readonly Interface[], routes: Config["routes"]): string {
  const commands = [
    "link set lo up",
    ...[0, 1].map((index) => `link set ifb${index} up`),
    ...legs.flatMap(({ address, prefixLength }, index) => [
      `link set vec${index} address ${interfaces[index]?.macAddress} up`,
      `address add ${address}/${prefixLength} dev vec${index}`,
    ]),
    ...routes.map(({ subnet, via }) => `route add ${subnet} via ${via}`),
  ];
  return `printf '%s\\n' ${commands.map(shellWord).join(" ")} | ip -batch -`;
}
