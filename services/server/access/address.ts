// IP addresses and subnets as numbers, parsed like APR's apr_ipsubnet_create: full and partial
// addresses, CIDR, and any netmask.

import { isIPv4, isIPv6 } from "node:net";

export interface Address {
  family: 4 | 6;
  bits: bigint;
}

/** The bits that an address must have where the mask has ones. */
export interface Subnet extends Address {
  mask: bigint;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/**
 * Parses an address; an IPv4 address mapped into IPv6 counts as IPv4. Null when the text is no
 * address.
 */
export function parseAddress(text: string): Address | null {
  if (isIPv4(text)) return { family: 4, bits: bitsOfOctets(text.split(".")) };
  if (!isIPv6(text) || text.includes("%")) return null;
  const bits = bitsOfIPv6(text);
  return bits >> 32n === 0xffffn ? { family: 4, bits: bits & 0xffff_ffffn } : { family: 6, bits };
}

/** Whether a text is meant as an address, or part of one, rather than as a name. */
export function looksLikeAddress(text: string): boolean {
  return text !== "" && (text.includes(":") || /^[\d.]+$/.test(text));
}

/**
 * A subnet from `10.1`, `10.1.2.3`, `10.0.0.0/255.0.0.0`, `10.0.0.0/8` or `2001:db8::/32`. Null
 * when it is malformed.
 */
export function parseSubnet(text: string): Subnet | null {
  const slash = text.indexOf("/");
  if (slash === -1) return parseWhole(text) ?? parsePartial(text);
  const address = parseAddress(text.slice(0, slash));
  const mask = address === null ? null : parseMask(text.slice(slash + 1), address.family);
  return address === null || mask === null ? null : { family: address.family, bits: address.bits & mask, mask };
}

export function contains(subnet: Subnet, address: Address): boolean {
  return subnet.family === address.family && (address.bits & subnet.mask) === subnet.bits;
}

function parseWhole(text: string): Subnet | null {
  const address = parseAddress(text);
  return address === null ? null : { ...address, mask: ones(WIDTH[address.family]) };
}

/** One to three octets of IPv4, with or without a dot after the last. */
function parsePartial(text: string): Subnet | null {
  const octets = text.replace(/\.$/, "").split(".");
  if (octets.length > 3 || octets.some((octet) => !/^\d+$/.test(octet) || Number(octet) > 255)) return null;
  const missing = 4 - octets.length;
  const mask = ones(8 * octets.length) << BigInt(8 * missing);
  return { family: 4, bits: bitsOfOctets(octets) << BigInt(8 * missing), mask };
}

/** A number of bits from 1 or, for IPv4, a dotted mask, contiguous or not. */
function parseMask(text: string, family: 4 | 6): bigint | null {
  if (family === 4 && isIPv4(text)) return bitsOfOctets(text.split("."));
  const width = WIDTH[family];
  const length = /^\d+$/.test(text) ? Number(text) : 0;
  return length < 1 || length > width ? null : ones(length) << BigInt(width - length);
}

function bitsOfOctets(octets: string[]): bigint {
  return octets.reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
}

function bitsOfIPv6(text: string): bigint {
  const hex = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...octets: string[]) => {
    const bits = bitsOfOctets(octets.slice(0, 4));
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  });
  const [left = "", right] = hex.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function ones(count: number): bigint {
  return (1n << BigInt(count)) - 1n;
}
