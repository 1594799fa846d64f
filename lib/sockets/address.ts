// The text form of addresses.

/**
 * An IPv4 address in its own form, if a socket for both families reports it as mapped into IPv6.
 */
export function plainAddress(address = ""): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}
