import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSubnet } from "../../topology/model/subnet.ts";
import { engineNetwork, FORWARDING_WAS_OFF, isForwardingNote, NUMBERS, orphanRules } from "./numbering.ts";

describe("what an engine has of the machine", () => {
  it("differs by its number: no two share an interface or an address", () => {
    const networks = NUMBERS.flatMap((number) => engineNetwork(number, []) ?? []);
    for (const key of ["outer", "address", "gateway"] as const) {
      assert.equal(new Set(networks.map((network) => network[key])).size, NUMBERS.length);
    }
    assert.ok(
      networks.every(({ outer }) => outer.length <= 15),
      "Linux has no longer names of interfaces",
    );
  });

  it("has no address that the machine routes, and none at all where each is taken", () => {
    const routed = (...subnets: string[]) => subnets.flatMap((subnet) => parseSubnet(subnet) ?? []);
    const addressOf = (number: number, ...subnets: string[]) => engineNetwork(number, routed(...subnets))?.address;
    assert.equal(addressOf(1), "192.0.2.6/30");
    assert.equal(addressOf(1, "192.0.2.0/30", "192.0.2.8/32"), "192.0.2.6/30");
    assert.equal(addressOf(1, "192.0.2.0/24"), "198.51.100.6/30");
    assert.equal(addressOf(1, "192.0.2.7/32", "198.51.100.0/24"), "203.0.113.6/30");
    assert.equal(addressOf(1, "192.0.2.0/24", "198.51.100.4/32", "203.0.113.0/24"), undefined);
  });

  it("is left where its interface is gone: its rules, and nobody else's", () => {
    const listed = `-P FORWARD ACCEPT
-A FORWARD -o rttlab-e1 -m comment --comment rttlab-e1 -j ACCEPT
-A FORWARD -i rttlab-e11 -m comment --comment "rttlab-e11" -j ACCEPT
-A FORWARD -i docker0 -m comment --comment rttlab -j ACCEPT`;
    const interfaces = "1: lo: <UP>\n7: rttlab-e1@if2: <UP>\n";
    const rule = "FORWARD -i rttlab-e11 -m comment --comment rttlab-e11 -j ACCEPT";
    assert.deepEqual(orphanRules(listed, interfaces), [rule.split(" ")]);
  });

  it("is left with the last interface: the note that the machine forwarded nothing before", () => {
    const listed = `-A ${FORWARDING_WAS_OFF.words.join(" ")}\n-A FORWARD -m comment --comment rttlab-forwarding-to -j DROP`;
    assert.deepEqual(orphanRules(listed, "1: lo: <UP>\n7: rttlab-e3@if2: <UP>\n"), []);
    const left = orphanRules(listed, "1: lo: <UP>\n");
    assert.deepEqual(left, [FORWARDING_WAS_OFF.words]);
    assert.ok(left.every(isForwardingNote));
    assert.ok(!engineNetwork(0, [])?.rules.some(({ words }) => isForwardingNote(words)));
  });
});
