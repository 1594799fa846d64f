// The bytes of a GET in HTTP/1.0 (RFC 1945) or HTTP/1.1 (RFC 9112). Host is sent in 1.0 too, as
// browsers did, so that the versions differ in one thing only: whether the connection persists.

/** `host` is the value of the Host field: a name, with `:port` unless that is 80. */
export function requestBytes(httpVersion: "1.0" | "1.1", host: string, path: string): Buffer {
  const lines = [`GET ${path} HTTP/${httpVersion}`, `Host: ${host}`, "User-Agent: rttlab-loadgen", "Accept: */*"];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}
