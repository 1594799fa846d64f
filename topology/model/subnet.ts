// IPv4 subnets as numbers: parsing CIDR notation, overlap, the n-th address.

export interface Subnet {
  /** The network address as an unsigned 32-bit number. */
  base: number;
  /** 0 to 32. */
  prefixLength: number;
}

/** Parses `10.9.1.0/24`; undefined if malformed or with host bits set. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a, b, c, d, prefixLength] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (Math.max(a, b, c, d) > 255 || prefixLength > 32) return undefined;
  const base = ((a * 256 + b) * 256 + c) * 256 + d;
  return base % 2 ** (32 - prefixLength) === 0 ? { base, prefixLength } : undefined;
}

/** As parseSubnet, but clears host bits, for the output of other programs (`172.17.0.1/16`). */
export function parseCoveringSubnet(text: string): Subnet | undefined {
  const [address = "", prefix = "32"] = text.split("/");
  const single = parseSubnet(`${address}/32`);
  const prefixLength = Number(prefix);
  if (single === undefined || !(prefixLength >= 0 && prefixLength <= 32)) return undefined;
  return { base: single.base - (single.base % 2 ** (32 - prefixLength)), prefixLength };
}

export function formatSubnet({ base, prefixLength }: Subnet): string {
  return `${formatAddress(base)}/${prefixLength}`;
}

/** How many addresses it spans, including those of the network and of broadcast. */
export function subnetSize({ prefixLength }: Subnet): number {
  return 2 ** (32 - prefixLength);
}

/** Whether the two share an address. */
export function overlaps(first: Subnet, second: Subnet): boolean {
  return first.base < second.base + subnetSize(second) && second.base < first.base + subnetSize(first);
}

/** The address at `offset` from the network address, in dotted notation. */
export function addressAt({ base }: Subnet, offset: number): string {
  return formatAddress(base + offset);
}

/**
 * Whether it lies in a range that no public network has: RFC 1918 section 3, benchmarks (RFC 2544),
 * carriers (RFC 6598).
 */
export function isPrivate(subnet: Subnet): boolean {
  return PRIVATE.some((range) => overlaps(range, subnet) && range.prefixLength <= subnet.prefixLength);
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "100.64.0.0/10"].map(
  (text) => parseSubnet(text) as Subnet,
);

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
