// Names and addresses by an engine's number, which are free again when its interface is gone.
// Addresses are of 192.0.2.0/24, reserved for documentation (RFC 5737), so that they are nobody's.

export interface EngineNetwork {
  /** The machine's interface, by whose name everything of the engine outside is known. */
  outer: string;
  inner: string;
  /** The engine's address with its prefix, and the machine's. */
  address: string;
  gateway: string;
  /** Words of iptables behind -I. */
  rules: { table: "nat" | "filter"; words: string[] }[];
}

export const NUMBERS: readonly number[] = Array.from({ length: 64 }, (_, number) => number);

const OUTER = "rttlab-e";

export function engineNetwork(number: number): EngineNetwork {
  const outer = `${OUTER}${number}`;
  const at = (host: number) => `192.0.2.${4 * number + host}`;
  const comment = ["-m", "comment", "--comment", outer];
  return {
    outer,
    inner: "uplink",
    address: `${at(2)}/30`,
    gateway: at(1),
    rules: [
      { table: "nat", words: ["POSTROUTING", "-s", `${at(0)}/30`, ...comment, "-j", "MASQUERADE"] },
      { table: "filter", words: ["FORWARD", "-i", outer, ...comment, "-j", "ACCEPT"] },
      { table: "filter", words: ["FORWARD", "-o", outer, ...comment, "-j", "ACCEPT"] },
    ],
  };
}

/**
 * Rules, as words behind -D, of engines whose interface is gone; `listed` is by `iptables -S`,
 * `interfaces` by `ip -o link`.
 */
export function orphanRules(listed: string, interfaces: string): string[][] {
  return listed.split("\n").flatMap((line) => {
    const [, outer] = /--comment "?(rttlab-e\d+)"?/.exec(line) ?? [];
    if (outer === undefined || new RegExp(`: ${outer}[@:]`).test(interfaces)) return [];
    return [line.replaceAll('"', "").split(" ").slice(1)];
  });
}
