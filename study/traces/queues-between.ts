// Which queues packets meet from one host to another, by the study's topology: a connection's trace
// is read beside those on its own way, not beside any that was traced.

import type { Manifest } from "../../analysis/results.ts";
import type { QueuesBetween } from "../../analysis/traces/course.ts";
import { linksBetween } from "../path.ts";

export function queuesBetween(topology: Manifest["environment"]["topology"]): QueuesBetween {
  const networks = topology.networks.map((name) => ({ name }));
  const hosts = topology.hosts.map(({ name, on }) => ({ name, network: on }));
  const isKnown = (host: string) => hosts.some(({ name }) => name === host);
  return (from, to) => {
    if (!isKnown(from) || !isKnown(to)) return null;
    const links = linksBetween({ networks, hosts, links: topology.links }, from, to);
    return links.map(({ name, outward }) => `${name} ${outward}`);
  };
}
