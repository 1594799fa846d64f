import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findInterfaces } from "./interfaces.ts";

const inet = (local: string) => ({ family: "inet", local });
const printed = JSON.stringify([
  { ifname: "lo", address: "00:00:00:00:00:00", addr_info: [inet("127.0.0.1")] },
  { ifname: "eth2", address: "02:42:0a:01:00:02", addr_info: [inet("10.1.0.2")] },
  {
    ifname: "eth0",
    address: "02:42:0a:02:00:02",
    addr_info: [inet("10.2.0.2"), { family: "inet6", local: "fe80::1" }],
  },
]);

describe("finding interfaces", () => {
  it("goes by address, in the order asked for", () => {
    assert.deepEqual(
      findInterfaces(printed, ["10.2.0.2", "10.1.0.2"]).map(({ name }) => name),
      ["eth0", "eth2"],
    );
  });

  it("says which address no interface has", () => {
    assert.throws(() => findInterfaces(printed, ["10.1.0.2", "10.1.0.20"]), /no interface has 10\.1\.0\.20/);
  });
});
