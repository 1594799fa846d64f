import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Picture } from "./picture.ts";
import { pictureSvg } from "./svg.ts";
import { pictureText } from "./text.ts";

const WAN: Picture = {
  networks: ["servers", "site-a", "site-b"],
  hosts: [
    { name: "server", role: "server", on: "servers" },
    { name: "load-a", role: "loadgen", on: "site-a" },
    { name: "rudp-a", role: "rudp", on: "site-a" },
    { name: "load-b", role: "loadgen", on: "site-b" },
  ],
  links: [
    { name: "wan-a", between: ["site-a", "servers"], settings: "delay=50ms" },
    { name: "wan-b", between: ["servers", "site-b"], settings: "delay=1ms rate=10mbit" },
  ],
};

describe("a topology as text", () => {
  it("is a tree from the network with the most links", () => {
    assert.equal(
      pictureText(WAN),
      [
        "servers: server",
        "├─ wan-a <- delay=50ms",
        "│     site-a: load-a (loadgen), rudp-a (rudp)",
        "└─ wan-b -> delay=1ms rate=10mbit",
        "      site-b: load-b (loadgen)",
      ].join("\n"),
    );
  });

  it("follows a chain, and names a network that it has already", () => {
    const link = (name: string, first: string, second: string) => ({
      name,
      between: [first, second] as const,
      settings: "",
    });
    const ring = { ...WAN, hosts: [], links: [link("one", "servers", "site-a"), link("two", "site-a", "site-b")] };
    const closed = { ...ring, links: [...ring.links, link("three", "site-b", "servers")] };
    assert.equal(
      pictureText(closed),
      [
        "servers: no host",
        "└─ one -> ",
        "      site-a: no host",
        "      └─ two -> ",
        "            site-b: no host",
        "            └─ three -> ",
        "                  to servers, above",
      ].join("\n"),
    );
  });

  it("has networks without a link, too", () => {
    assert.equal(
      pictureText({ ...WAN, links: [], hosts: [] }),
      WAN.networks.map((name) => `${name}: no host`).join("\n"),
    );
  });
});

describe("a topology as SVG", () => {
  it("has every network, host and link by its name, and each link joined to both of its networks", () => {
    const svg = pictureSvg(WAN);
    const names = [...svg.matchAll(/<g class="(\w+)" data-name="([^"]+)">/g)].map(
      ([, kind, name]) => `${kind} ${name}`,
    );
    assert.deepEqual(names.toSorted(), [
      "host load-a",
      "host load-b",
      "host rudp-a",
      "host server",
      "lines wan-a",
      "lines wan-b",
      "link wan-a",
      "link wan-b",
      "network servers",
      "network site-a",
      "network site-b",
    ]);
    assert.equal([...svg.matchAll(/<path /g)].length, 4);
    assert.match(svg, /delay=1ms rate=10mbit/);
  });

  it("joins a link to its networks by lines that do not cross, whichever is its first", () => {
    const ends = [...pictureSvg(WAN).matchAll(/<path d="M([\d.]+),\d+ L([\d.]+),/g)].map((each) =>
      each.slice(1).map(Number),
    );
    for (const at of [0, 2]) {
      const [[from = 0, to = 0] = [], [otherFrom = 0, otherTo = 0] = []] = [ends[at], ends[at + 1]];
      assert.equal(from < otherFrom, to < otherTo);
    }
  });

  it("has room for what each direction does in place of the settings where it is live", () => {
    const svg = pictureSvg(WAN, { live: true });
    assert.deepEqual(
      [...svg.matchAll(/data-direction="(\w+)"/g)].map(([, direction]) => direction),
      ["forward", "backward", "forward", "backward"],
    );
    assert.doesNotMatch(svg, /delay=/);
  });

  it("keeps what looks like markup a text", () => {
    assert.match(pictureSvg({ networks: ["<a&b>"], hosts: [], links: [] }), /&lt;a&amp;b&gt;/);
  });
});
