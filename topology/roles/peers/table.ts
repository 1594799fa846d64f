// The peers, a line each, and what they are as hosts.

import { HTTP_PORT } from "../../../lib/contract/places.ts";
import type { Options } from "../options.ts";
import type { HostRoleSpec } from "../role.ts";
import { SITE_ENVIRONMENT, servingEndpoint, servingLimits } from "../serving.ts";
import { apacheEvent, apachePrefork, apacheWorker } from "./apache.ts";
import { nginx } from "./nginx.ts";
import { type Known, type Peer, peerSettings } from "./peer.ts";
import { pythonAsyncio, pythonForking, pythonThreading } from "./python.ts";

export const PEERS: Readonly<Record<string, Peer>> = {
  nginx,
  "apache-prefork": apachePrefork,
  "apache-worker": apacheWorker,
  "apache-event": apacheEvent,
  "python-threading": pythonThreading,
  "python-forking": pythonForking,
  "python-asyncio": pythonAsyncio,
};

export const PEER_NAMES: readonly string[] = Object.keys(PEERS);

/** A process of Apache or Python, and its threads. */
const WORKER = { memoryBytes: 32 * 1024 ** 2, pids: 4 };

/** The role of a host with a peer; null: it has none. */
export function peerHost(options: Options, known: Known): HostRoleSpec | null {
  const peer = peerOf(options);
  if (peer === null) return null;
  const configuration = peer.configuration(peerSettings(options, known, HTTP_PORT));
  return {
    image: "peers",
    command: ["/rttlab/peers/start.sh", ...peer.command],
    environment: { ...SITE_ENVIRONMENT, RTTLAB_PEER_CONFIGURATION: configuration },
    limits: (chosen) => servingLimits(chosen, WORKER),
    threads: (chosen) => peer.threads?.(peerSettings(chosen, known, HTTP_PORT)) ?? 1,
    hasMetrics: false,
    isReadyByPort: true,
    endpoint: servingEndpoint,
    background: null,
  };
}

/** Options that a peer lacks. */
export function peerContradictions(options: Options): { option: string; message: string }[] {
  const peer = peerOf(options);
  if (peer === null) return [];
  const lacking = Object.keys(options).filter((name) => !["peer", "protocol", ...peer.options].includes(name));
  const problems = lacking.map((option) => ({ option, message: `${options.peer} has no such setting` }));
  const { protocol = "http" } = options;
  const isSpoken = peer.protocols.some((name) => name === protocol);
  return isSpoken
    ? problems
    : [...problems, { option: "protocol", message: `${options.peer} does not speak ${protocol}` }];
}

function peerOf({ peer }: Options): Peer | null {
  return peer !== undefined && Object.hasOwn(PEERS, peer) ? (PEERS[peer] as Peer) : null;
}
