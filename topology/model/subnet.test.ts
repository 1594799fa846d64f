import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { addressAt, formatSubnet, isPrivate, overlaps, parseSubnet, type Subnet, subnetSize } from "./subnet.ts";

const subnets = fc
  .record({ prefixLength: fc.integer({ min: 1, max: 32 }), at: fc.integer({ min: 0, max: 2 ** 32 - 1 }) })
  .map(({ prefixLength, at }): Subnet => ({ base: at - (at % 2 ** (32 - prefixLength)), prefixLength }));

it("what is formatted is parsed back", () => {
  fc.assert(fc.property(subnets, (subnet) => assert.deepEqual(parseSubnet(formatSubnet(subnet)), subnet)));
});

it("subnets that are malformed or have host bits set are not parsed", () => {
  for (const text of [
    "10.9.1.1/24",
    "10.9.1/24",
    "10.9.256.0/24",
    "10.9.1.0/33",
    "10.9.1.0",
    "10.9.1.0/24 ",
    "fd00::/8",
  ]) {
    assert.equal(parseSubnet(text), undefined, text);
  }
});

it("two overlap exactly when one holds the first address of the other", () => {
  const holds = (subnet: Subnet, address: number) =>
    address >= subnet.base && address < subnet.base + subnetSize(subnet);
  fc.assert(
    fc.property(subnets, subnets, (first, second) => {
      assert.equal(overlaps(first, second), holds(first, second.base) || holds(second, first.base));
    }),
  );
});

it("addresses count on from the network address, over the bounds of bytes", () => {
  const subnet = parseSubnet("10.9.0.0/16") as Subnet;
  assert.equal(addressAt(subnet, 1), "10.9.0.1");
  assert.equal(addressAt(subnet, 258), "10.9.1.2");
});

it("a subnet is private only when all of it is", () => {
  const privacy = Object.entries({
    "10.0.0.0/8": true,
    "172.31.0.0/16": true,
    "172.32.0.0/16": false,
    "10.0.0.0/7": false,
  });
  for (const [text, expected] of privacy) assert.equal(isPrivate(parseSubnet(text) as Subnet), expected, text);
});
