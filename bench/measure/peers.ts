// Peers (topology/roles/peers) on this machine, each on the servers' core with the configuration
// that it has as a host, as a user without rights.

import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIGURATION, DATA_ADDRESS, peerSettings } from "../../topology/roles/peers/peer.ts";
import { PEERS } from "../../topology/roles/peers/table.ts";
import { hostRole } from "../../topology/roles/table.ts";
import { ROOT, type Server, startServer } from "./servers.ts";

/** The programs of peers, by their Debian packages. */
export const PEER_PACKAGES = { nginx: "nginx-light", apache2: "apache2-bin", python3: "python3" };

/** `nobody`, in every Debian. */
const NOBODY = "65534";

export interface PeerWish {
  name: string;
  protocol: "http" | "echo";
  workers: number;
  site: string;
  port: number;
  /** For its files. */
  directory: string;
}

export async function startPeer({ name, protocol, workers, site, port, directory }: PeerWish): Promise<Server> {
  const peer = PEERS[name];
  if (peer === undefined) throw new Error(`starting a peer: there is no ${name}`);
  const folder = mkdtempSync(join(directory, "peer-"));
  chmodSync(folder, 0o777);
  const known = hostRole("server", {}).options ?? {};
  // A worker of nginx has a core, and there is one.
  const chosen = name === "nginx" ? {} : { workers: String(workers) };
  const settings = { ...peerSettings(chosen, known, port), protocol, root: site };
  const text = peer.configuration(settings).replaceAll(DATA_ADDRESS, "127.0.0.1").replaceAll("/tmp/peer", folder);
  const path = join(folder, "configuration");
  writeFileSync(path, text, { mode: 0o644 });
  const words = peer.command.map((word) => placed(word, path));
  // The signal at this program's end is lost with a change of user, so it is asked for again.
  const user = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--pdeathsig", "KILL"];
  return startServer(protocol === "echo" ? `${name} echo` : name, port, [...user, ...words]);
}

function placed(word: string, configuration: string): string {
  if (word === CONFIGURATION) return configuration;
  // Debian's, whatever else the machine has.
  if (word === "python3") return "/usr/bin/python3";
  return word.replace("/rttlab/peers/", `${join(ROOT, "images", "peers", "python")}/`);
}
