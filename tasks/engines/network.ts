// The way of an engine's network namespace to the rest of the machine: a pair of interfaces and
// address translation. The kernel removes the pair with the namespace, however that ends; rules of
// a pair that is gone are removed by the next run.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { RttlabError } from "../../lib/errors.ts";
import { machineRoutes } from "../../topology/apply/machine.ts";
import { takeTurn } from "../../topology/apply/turn.ts";
import { parseCoveringSubnet } from "../../topology/model/subnet.ts";
import {
  type EngineNetwork,
  engineNetwork,
  FORWARDING_WAS_OFF,
  isForwardingNote,
  NUMBERS,
  orphanRules,
} from "./numbering.ts";

const FORWARDING = "/proc/sys/net/ipv4/ip_forward";

const iptables = (...words: string[]) => run("iptables", "--wait", ...words);

/**
 * Gives the namespace of a process an interface, under the first number that nobody has. Throws
 * E_ENGINE; then there is none.
 */
export function connectNamespace(pid: number): Promise<EngineNetwork> {
  return inTurn(() => takeNumber(pid));
}

async function takeNumber(pid: number): Promise<EngineNetwork> {
  const routed = (await machineRoutes()).flatMap(({ subnet }) => parseCoveringSubnet(subnet) ?? []);
  for (const number of NUMBERS) {
    const network = engineNetwork(number, routed);
    if (network === null) continue;
    const { outer, inner } = network;
    const isFree = await run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", `${pid}`).then(
      () => true,
      (error: RttlabError) => {
        if (/exists/.test(error.message)) return false;
        throw error;
      },
    );
    if (!isFree) continue;
    await openWay(network).catch(async (error) => {
      await removeInterface(outer);
      throw error;
    });
    return network;
  }
  throw new RttlabError(
    "E_ENGINE",
    `giving the engine an interface: each of ${NUMBERS.length} is taken, or its addresses are`,
  );
}

async function openWay({ outer, gateway, rules }: EngineNetwork): Promise<void> {
  await run("ip", "address", "add", `${gateway}/30`, "dev", outer);
  await run("ip", "link", "set", outer, "up");
  await turnOnForwarding();
  for (const { table, words } of rules) await iptables("-t", table, "-I", ...words);
}

/** Noted before, so that whoever ends last turns it off again (removeOrphanRules). */
async function turnOnForwarding(): Promise<void> {
  if ((await readFile(FORWARDING, "utf8")).trim() !== "0") return;
  await iptables("-t", FORWARDING_WAS_OFF.table, "-I", ...FORWARDING_WAS_OFF.words);
  await writeFile(FORWARDING, "1");
}

/** Now, for the kernel removes it only some time after the last process of its namespace. */
export async function removeInterface(name: string): Promise<void> {
  await run("ip", "link", "delete", name).catch(() => {}); // it is gone already
}

/**
 * Removes the rules of engines whose interface is gone; with the last engine, also of other
 * checkouts, forwarding is off again if it was off before the first.
 */
export function removeOrphanRules(): Promise<void> {
  return inTurn(async () => {
    for (const table of ["nat", "filter"]) {
      const listed = await iptables("-t", table, "-S");
      const rules = orphanRules(listed, await run("ip", "-o", "link"));
      if (rules.some(isForwardingNote)) await writeFile(FORWARDING, "0");
      for (const rule of rules) await iptables("-t", table, "-D", ...rule);
    }
  });
}

/** One process of the machine at a time, whatever its checkout. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = await takeTurn({ id: "this machine" }, "networks of engines");
  try {
    return await work();
  } finally {
    turn.pass();
  }
}

/**
 * The program's output. Throws E_ENGINE with its words. In a process group of its own: a terminal
 * sends Ctrl-C to the whole group, and a second one would end the clean-up.
 */
async function run(program: string, ...words: string[]): Promise<string> {
  const failure = (reason: string, cause?: unknown) =>
    new RttlabError("E_ENGINE", `${program} ${words.join(" ")}: ${reason}`, { cause });
  const child = spawn(program, words, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  outputs.catch(() => {}); // the program is missing, which its end says
  const [status, signal] = await once(child, "close").catch((cause: Error) => {
    throw failure(cause.message, cause);
  });
  const [output, complaints] = await outputs;
  if (status !== 0) throw failure(complaints.trim() || `it ended with ${status ?? signal}`);
  return output;
}
