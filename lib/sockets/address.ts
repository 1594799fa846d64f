// How an address is written.

/** An IPv4 address that a socket for both families gives as mapped into IPv6, in its own form. */
export function plainAddress(address = ""): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
