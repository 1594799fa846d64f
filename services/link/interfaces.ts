// The container's interfaces, found by address, because Docker names them in no fixed order
// (moby#25181).

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RttlabError } from "../../lib/errors.ts";

export interface Interface {
  name: string;
  macAddress: string;
}

interface IpAddress {
  ifname: string;
  address: string;
  addr_info: { family: string; local: string }[];
}

/**
 * Runs a command in the container's own network namespace; resolves to stdout. Throws
 * E_LINK_COMMAND with the output.
 */
export async function runHere(...command: string[]): Promise<string> {
  const [program = "", ...words] = command;
  try {
    return (await promisify(execFile)(program, words, { maxBuffer: 16 << 20 })).stdout;
  } catch (cause) {
    const { stderr = "", message } = cause as { stderr?: string; message: string };
    throw new RttlabError("E_LINK_COMMAND", `${command.join(" ")}: ${stderr.trim() || message}`, { cause });
  }
}

/** The interfaces with these addresses, in their order. Throws E_LINK_LEG if one is missing. */
export function findInterfaces(ipJson: string, addresses: readonly string[]): Interface[] {
  const interfaces = JSON.parse(ipJson) as IpAddress[];
  return addresses.map((address) => {
    const found = interfaces.find(({ addr_info }) =>
      addr_info.some(({ family, local }) => family === "inet" && local === address),
    );
    if (found === undefined) throw new RttlabError("E_LINK_LEG", `finding the legs: no interface has ${address}`);
    return { name: found.ifname, macAddress: found.address };
  });
}

/**
 * Removes everything from an interface that makes frames differ from those on a wire, because netem
 * acts on frames.
 */
export async function takeOffloads(name: string): Promise<void> {
  await runHere("ethtool", "-K", name, "tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off");
}
