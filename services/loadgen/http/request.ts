// The bytes of a request without a body in HTTP/1.0 (RFC 1945) or HTTP/1.1 (RFC 9112). Host is
// sent in 1.0 too, as browsers did, so that the versions differ in one thing only: whether the
// connection persists.

import type { LoadSettings } from "../../../lib/contract/load/load.ts";

type Request = Pick<LoadSettings, "method" | "httpVersion" | "connection" | "target">;

/** `bytes`: how many of the file; null: all. */
export function requestBytes(
  { method, httpVersion, connection, target }: Request,
  path: string,
  bytes: number | null = null,
): Buffer {
  const lines = [
    `${method} ${path} HTTP/${httpVersion}`,
    `Host: ${hostOf(target)}`,
    "User-Agent: rttlab-loadgen",
    "Accept: */*",
    ...(bytes === null ? [] : [`Range: bytes=0-${bytes - 1}`]),
    ...(connection === null ? [] : [`Connection: ${connection}`]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** A target in the form of the Host field: without HTTP's default port. */
export function hostOf(target: string): string {
  return target.replace(/:80$/, "");
}
