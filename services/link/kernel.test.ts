import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { routerCommands } from "./kernel.ts";

describe("the container as a router", () => {
  const subnets = [
    { subnet: "10.1.0.0/24", interface: "eth1" },
    { subnet: "10.2.0.0/24", interface: "eth2" },
  ];
  const routes = [{ subnet: "10.3.0.0/24", via: "10.2.0.3" }];
  const commands = routerCommands(["eth1", "eth2"], "eth0", "10.9.0.2", subnets, routes).map((words) =>
    words.join(" "),
  );

  it("routes what comes from a data interface by a table of data subnets alone", () => {
    const table = commands.filter((command) => command.endsWith("table 100"));
    assert.deepEqual(table, [
      "route add 10.1.0.0/24 dev eth1 table 100",
      "route add 10.2.0.0/24 dev eth2 table 100",
      "route add 10.3.0.0/24 via 10.2.0.3 table 100",
    ]);
  });

  it("blackholes what that table does not know, and all that comes from the management network for others", () => {
    for (const name of ["eth0", "eth1", "eth2"]) assert.ok(commands.includes(`rule add pref 12 iif ${name} blackhole`));
  });

  it("has its own management address out of reach from data interfaces, before its own addresses are looked up", () => {
    for (const name of ["eth1", "eth2"])
      assert.ok(commands.includes(`rule add pref 1 iif ${name} to 10.9.0.2 blackhole`));
    assert.ok(commands.indexOf("rule add pref 10 lookup local") < commands.indexOf("rule del pref 0"));
  });
});
