// Memory that a connection needs no more goes back at once. A closed connection stays for seconds
// (TIME-WAIT), many may at a time, and the collector does not know how short memory is.

/** The empty rest of it. */
export function giveBack(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.length === 0 ? bytes : new Uint8Array(bytes.buffer.transfer(0));
}
