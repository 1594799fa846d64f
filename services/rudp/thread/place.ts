// Addresses as people write them, of a listening port or a peer. RUDP runs over IPv4 only and says
// so, rather than "cannot be resolved".

import { isIPv4, isIPv6 } from "node:net";
import { RttlabError } from "../../../lib/errors.ts";
import type { Place } from "./engine/messages.ts";

/** Parses `HOST:PORT`. Throws E_BAD_TARGET. */
export function parseTarget(text: string): Place {
  const at = text.lastIndexOf(":");
  const [address, port] = [text.slice(0, at), Number(text.slice(at + 1))];
  if (isOfSix(text) || isOfSix(address)) throw badTarget(`connecting to ${text}: RUDP runs over IPv4 only`);
  if (at < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw badTarget(`connecting to ${text}: a target is HOST:PORT, as in rudp-sink:4000`);
  }
  return { address, port };
}

/** Checks an address of this machine. Throws E_BAD_TARGET unless it is IPv4. */
export function checkOwnAddress(attempt: string, address: string): void {
  if (isOfSix(address)) throw badTarget(`${attempt} ${address}: RUDP runs over IPv4 only`);
  if (!isIPv4(address)) throw badTarget(`${attempt} ${address}: it is no IPv4 address, such as 127.0.0.1`);
}

export function badTarget(message: string, cause?: unknown): RttlabError {
  return new RttlabError("E_BAD_TARGET", message, { cause });
}

/** With or without the brackets of RFC 3986. */
function isOfSix(host: string): boolean {
  return isIPv6(host.replace(/^\[(.*)\]$/, "$1"));
}
