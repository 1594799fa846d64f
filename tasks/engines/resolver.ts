// The resolv.conf (resolv.conf(5)) of an engine and of tests beside it. Their network is another
// one than the machine's, so a server at a loopback address, such as systemd-resolved's 127.0.0.53,
// does not answer there; and only IPv4 leads out of it.

import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";

/** The machine's own, then the servers that systemd-resolved asks (systemd-resolved(8)). */
const PLACES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

interface Resolver {
  text: string;
  /** Why no name can be found, and what to change; empty if one can. */
  problem: string;
}

export async function engineResolver(): Promise<Resolver> {
  const read = async (path: string) => ({ path, text: await readFile(path, "utf8").catch(() => null) });
  return chooseResolver(await Promise.all(PLACES.map(read)));
}

/** The first file with a server that answers, without its others. `text`: null if it is missing. */
export function chooseResolver(files: readonly { path: string; text: string | null }[]): Resolver {
  for (const { text } of files) {
    const lines = (text ?? "").split("\n").filter((line) => serverOf(line) === undefined || isReachable(line));
    if (lines.some(isReachable)) return { text: lines.join("\n"), problem: "" };
  }
  const seen = files.map(({ path, text }) => `${path} ${text === null ? "is missing" : `has ${serversIn(text)}`}`);
  const cure = "name an IPv4 server in /etc/resolv.conf that is not at a loopback address";
  return { text: "", problem: `finding a name server for the engine: ${seen.join(", ")}; ${cure}` };
}

function isReachable(line: string): boolean {
  const server = serverOf(line) ?? "";
  return isIPv4(server) && !/^(127|0)\./.test(server);
}

function serverOf(line: string): string | undefined {
  return /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
}

function serversIn(text: string): string {
  const servers = text.split("\n").flatMap((line) => serverOf(line) ?? []);
  return servers.length === 0 ? "no server" : `only ${servers.join(" and ")}`;
}
