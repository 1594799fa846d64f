// Require, variables and inheritance as Apache 2.4 reads them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allows, CLIENT, decide, rulesOf } from "../cases/decide.ts";
import { blankRequest, type Request } from "../http/message.ts";
import { inherit } from "./rules.ts";

describe("Require", () => {
  const cases: [text: string, allowed: boolean][] = [
    ["Require all granted", true],
    ["Require all denied", false],
    ["Require ip 192.0.2.7", true],
    ["Require ip 10 192.0.2.0/24", true],
    ["Require ip 10.0.0.0/8", false],
    ["Require host good.com", true],
    ["Require host nogood.com evil.com", false],
    ["Require forward-dns home.net", true],
    ["Require forward-dns www.liar.com", false],
    ["Require local", false],
    ["Require env IN", true],
    ["Require env OUT", false],
    ["Require method GET", true],
    ["Require method POST", false],
    ["Require ip 10\nRequire host good.com", true],
    ["Require ip 10\nRequire host evil.com", false],
    ["<RequireAll>\nRequire ip 192\nRequire host good.com\n</RequireAll>", true],
    ["<RequireAll>\nRequire ip 192\nRequire host evil.com\n</RequireAll>", false],
    ["<RequireAll>\nRequire all granted\nRequire not ip 192.0.2.7\n</RequireAll>", false],
    ["<RequireAll>\nRequire all granted\nRequire not ip 10\n</RequireAll>", true],
    ["<RequireAll>\nRequire not ip 10\n</RequireAll>", false],
    ["<RequireAny>\nRequire ip 10\nRequire ip 192\n</RequireAny>", true],
    [
      "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\nRequire host evil.com\n</RequireNone>\n</RequireAll>",
      true,
    ],
    [
      "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\nRequire host good.com\n</RequireNone>\n</RequireAll>",
      false,
    ],
    [
      "<RequireAny>\nRequire ip 10\n<RequireAll>\nRequire ip 192\nRequire method GET\n</RequireAll>\n</RequireAny>",
      true,
    ],
    ["Order Deny,Allow\nDeny from 192\nRequire all granted", false],
    ["Order Deny,Allow\nAllow from all\nRequire all denied", false],
  ];
  for (const [text, allowed] of cases) {
    it(`${text.replaceAll("\n", "; ")}: ${allowed ? "in" : "out"}`, () => {
      assert.equal(allows(`SetEnvIf Request_URI ^/ IN\n${text}`), allowed);
    });
  }

  it("local is the loopback, and a client on the server's own address", () => {
    for (const remoteAddress of ["127.0.0.1", "127.9.9.9", "::1", CLIENT.localAddress])
      assert.equal(allows("Require local", { ...CLIENT, remoteAddress }), true, remoteAddress);
  });
});

describe("variables", () => {
  const withAgent: Request = { ...blankRequest(), method: "GET", target: "/a?b", fields: ["user-agent", "Knuth/2"] };
  const cases: [text: string, allowed: boolean][] = [
    ["SetEnvIf User-Agent ^Knuth V", true],
    ["SetEnvIf User-Agent ^knuth V", false],
    ["SetEnvIfNoCase User-Agent ^knuth V=1", true],
    ["BrowserMatch ^Knuth V", true],
    ["BrowserMatchNoCase ^KNUTH V", true],
    ["SetEnvIf Request_URI ^/a$ V", true],
    ["SetEnvIf Request_Method GET V", true],
    ["SetEnvIf Request_Protocol 1\\.1 V", true],
    ["SetEnvIf Referer . V", false],
    ["SetEnvIf Request_URI . V\nSetEnvIf User-Agent Knuth !V", false],
    ['SetEnvIf User-Agent "^Knuth/\\d" V', true],
  ];
  for (const [text, allowed] of cases) {
    it(`${text.replaceAll("\n", "; ")}: ${allowed ? "set" : "not set"}`, () => {
      assert.equal(decide(rulesOf(`${text}\nRequire env V`), withAgent, CLIENT, []), allowed);
    });
  }
});

describe("inheritance", () => {
  const outer = rulesOf(
    "Order Allow,Deny\nAllow from 192\nRequire ip 192\nDirectoryIndex a.html\nSetEnvIf Remote_Addr . V",
  );

  it("a directory without rules has those from above", () => {
    const { sources: _, ...inherited } = inherit(outer, rulesOf(""));
    const { sources: __, ...expected } = outer;
    assert.deepEqual(inherited, expected);
  });

  it("any of Order, Allow and Deny takes none of the others from above", () => {
    assert.equal(decide(inherit(outer, rulesOf("Deny from 10"))), true);
    assert.equal(decide(inherit(outer, rulesOf("Order Allow,Deny\nAllow from 10"))), false);
  });

  it("Require replaces what was required above, Order stays", () => {
    const inner = inherit(outer, rulesOf("Require all denied"));
    assert.equal(decide(inner), false);
    assert.deepEqual(inner.hosts, outer.hosts);
  });

  it("variables from above are there, an index is replaced", () => {
    const inner = inherit(outer, rulesOf("Require env V\nDirectoryIndex b.html c.html"));
    assert.equal(decide(inner), true);
    assert.deepEqual(inner.index, ["b.html", "c.html"]);
    assert.deepEqual(rulesOf("DirectoryIndex disabled").index, []);
  });
});
