// The way of an engine's network namespace to the rest of the machine: a pair of interfaces and
// address translation. The kernel removes the pair with the namespace, however that ends; rules of
// a pair that is gone are removed by the next run.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { RttlabError } from "../../lib/errors.ts";
import { type EngineNetwork, engineNetwork, NUMBERS, orphanRules } from "./numbering.ts";

const run = promisify(execFile);
const iptables = (...words: string[]) => run("iptables", ["--wait", ...words]);

/** Gives the namespace of a process an interface, under the first number that nobody has. */
export async function connectNamespace(pid: number): Promise<EngineNetwork> {
  for (const number of NUMBERS) {
    const network = engineNetwork(number);
    const { outer, inner, gateway, rules } = network;
    const pair = ["link", "add", outer, "type", "veth", "peer", "name", inner, "netns", `${pid}`];
    const taken = await run("ip", pair).then(
      () => false,
      (error: { stderr: string }) => {
        if (/exists/.test(error.stderr)) return true;
        throw new RttlabError("E_ENGINE", `giving the engine an interface: ${error.stderr.trim()}`, { cause: error });
      },
    );
    if (taken) continue;
    await run("ip", ["address", "add", `${gateway}/30`, "dev", outer]);
    await run("ip", ["link", "set", outer, "up"]);
    await writeFile("/proc/sys/net/ipv4/ip_forward", "1");
    for (const { table, words } of rules) await iptables("-t", table, "-I", ...words);
    return network;
  }
  throw new RttlabError("E_ENGINE", `giving the engine an interface: all of ${NUMBERS.length} are taken`);
}

/** Now, for the kernel removes it only some time after the last process of its namespace. */
export async function removeInterface(name: string): Promise<void> {
  await run("ip", ["link", "delete", name]).catch(() => {}); // it is gone already
}

/** Removes the rules of engines whose interface is gone. */
export async function removeOrphanRules(): Promise<void> {
  for (const table of ["nat", "filter"]) {
    const { stdout } = await iptables("-t", table, "-S");
    const interfaces = (await run("ip", ["-o", "link"])).stdout;
    for (const rule of orphanRules(stdout, interfaces)) await iptables("-t", table, "-D", ...rule);
  }
}
