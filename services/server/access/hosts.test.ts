// Order, Allow and Deny as Apache 2.4 reads them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allows, CLIENT, lookups } from "../cases/decide.ts";

describe("Order, Allow and Deny", () => {
  const allow = "Allow from 192.0.2.7";
  const deny = "Deny from 192.0.2.7";
  // The table of mod_access_compat's documentation: match of allow only, deny only, neither, both.
  const table: [order: string, allowOnly: boolean, denyOnly: boolean, neither: boolean, both: boolean][] = [
    ["Order Deny,Allow", true, false, true, true],
    ["Order Allow,Deny", true, false, false, false],
    ["Order Mutual-failure", true, false, false, false],
    ["", true, false, true, true],
  ];
  for (const [order, ...outcomes] of table) {
    it(`${order === "" ? "without Order" : order}: allow, deny, neither, both`, () => {
      const lines = [[allow], [deny], ["Allow from 198.51.100.1", "Deny from 198.51.100.2"], [allow, deny]];
      const decided = lines.map((some) => allows([order, ...some].join("\n")));
      assert.deepEqual(decided, order === "" ? [true, false, true, true] : outcomes);
      const reversed = lines.map((some) => allows([...some.toReversed(), order].join("\n")));
      assert.deepEqual(reversed, decided, "the order of lines does not matter");
    });
  }
});

describe("whom a line means", () => {
  const cases: [who: string, meant: boolean][] = [
    ["all", true],
    ["ALL", true],
    ["192.0.2.7", true],
    ["192.0.2.8", false],
    ["192", true],
    ["192.", true],
    ["192.0", true],
    ["192.0.2", true],
    ["192.0.2.", true],
    ["19", false],
    ["192.0.2.0/24", true],
    ["192.0.2.7/24", true],
    ["192.0.2.0/29", true],
    ["192.0.2.8/29", false],
    ["192.0.2.0/255.255.255.0", true],
    ["192.0.2.0/255.255.255.248", true],
    ["0.0.0.7/0.0.0.255", true],
    ["0.0.0.8/0.0.0.255", false],
    ["10.0.0.0/8", false],
    ["::ffff:192.0.2.7", true],
    ["2001:db8::/32", false],
    ["good.com", true],
    ["GOOD.com", true],
    ["www.good.com", true],
    [".good.com", true],
    [".www.good.com", false],
    ["od.com", false],
    ["com", true],
    ["evil.com", false],
    ["env=IN", true],
    ["env=!IN", false],
    ["env=OUT", false],
    ["env=!OUT", true],
    ["evil.com 10.0.0.0/8 192.0.2.7", true],
  ];
  for (const [who, meant] of cases) {
    it(`Allow from ${who}: ${meant ? "in" : "out"}`, () => {
      const text = `SetEnvIf Remote_Addr ^192 IN\nOrder Allow,Deny\nAllow from ${who}`;
      assert.equal(allows(text), meant);
    });
  }

  it("IPv6 clients match IPv6 subnets", () => {
    const client = { ...CLIENT, remoteAddress: "2001:db8:1::9" };
    assert.equal(allows("Order Allow,Deny\nAllow from 2001:db8::/32", client), true);
    assert.equal(allows("Order Allow,Deny\nAllow from 2001:db9::/32", client), false);
    assert.equal(allows("Order Allow,Deny\nAllow from 2001:db8:1::9", client), true);
    assert.equal(allows("Order Allow,Deny\nAllow from 192", client), false);
  });
});

describe("names", () => {
  it("a name counts only when it leads back to the address, so a deny by a false name lets in", () => {
    const liar = { ...CLIENT, remoteAddress: "192.0.2.66" };
    assert.equal(allows("Order Allow,Deny\nAllow from liar.com", liar), false);
    assert.equal(allows("Order Deny,Allow\nDeny from liar.com", liar), true);
  });

  it("a client without a name matches none", () => {
    const nameless = { ...CLIENT, remoteAddress: "192.0.2.99" };
    assert.equal(allows("Order Allow,Deny\nAllow from com", nameless), false);
  });

  it("nothing is looked up before a line asks for it, and the name once", () => {
    assert.deepEqual(lookups("Order Deny,Allow\nAllow from all\nDeny from 10.0.0.0/8"), []);
    assert.deepEqual(lookups("Order Deny,Allow\nDeny from a.com b.com\nAllow from c.com"), [
      "192.0.2.7",
      "www.good.com",
    ]);
  });
});
