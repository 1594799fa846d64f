// The way of an engine's network namespace to the rest of the machine: a pair of interfaces and
// address translation. The kernel removes the pair with the namespace, however that ends; rules of
// a pair that is gone are removed by the next run.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { RttlabError } from "../../lib/errors.ts";
import { type EngineNetwork, engineNetwork, NUMBERS, orphanRules } from "./numbering.ts";

const execute = promisify(execFile);
const iptables = (...words: string[]) => run("iptables", "--wait", ...words);

/**
 * Gives the namespace of a process an interface, under the first number that nobody has. Throws
 * E_ENGINE; then there is none.
 */
export async function connectNamespace(pid: number): Promise<EngineNetwork> {
  for (const number of NUMBERS) {
    const network = engineNetwork(number);
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
  throw new RttlabError("E_ENGINE", `giving the engine an interface: all of ${NUMBERS.length} are taken`);
}

async function openWay({ outer, gateway, rules }: EngineNetwork): Promise<void> {
  await run("ip", "address", "add", `${gateway}/30`, "dev", outer);
  await run("ip", "link", "set", outer, "up");
  await writeFile("/proc/sys/net/ipv4/ip_forward", "1");
  for (const { table, words } of rules) await iptables("-t", table, "-I", ...words);
}

/** Now, for the kernel removes it only some time after the last process of its namespace. */
export async function removeInterface(name: string): Promise<void> {
  await run("ip", "link", "delete", name).catch(() => {}); // it is gone already
}

/** Removes the rules of engines whose interface is gone. */
export async function removeOrphanRules(): Promise<void> {
  for (const table of ["nat", "filter"]) {
    const listed = await iptables("-t", table, "-S");
    const interfaces = await run("ip", "-o", "link");
    for (const rule of orphanRules(listed, interfaces)) await iptables("-t", table, "-D", ...rule);
  }
}

/** The program's output. Throws E_ENGINE with its words. */
async function run(program: string, ...words: string[]): Promise<string> {
  try {
    return (await execute(program, words)).stdout;
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { stderr?: string };
    throw new RttlabError("E_ENGINE", `${program} ${words.join(" ")}: ${stderr.trim() || message}`, { cause });
  }
}
