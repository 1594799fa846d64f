import assert from "node:assert/strict";
import { it } from "node:test";
import { queuesBetween } from "./queues-between.ts";

const host = (name: string, on: string) => ({ name, on, role: "http-server" });
const link = (name: string, ...between: [string, string]) => ({ name, between, settings: "" });
const between = queuesBetween({
  networks: ["home", "middle", "site"],
  hosts: [host("client", "home"), host("server", "site"), host("beside", "site")],
  links: [link("access", "home", "middle"), link("core", "site", "middle")],
});

it("packets meet a queue of each link on their way, in the direction that they take", () => {
  assert.deepEqual(between("server", "client"), ["core forward", "access backward"]);
  assert.deepEqual(between("client", "server"), ["access forward", "core backward"]);
  assert.deepEqual(between("server", "beside"), []);
});

it("of a host that is not in the topology the way is not known", () => {
  assert.equal(between("server", "10.0.0.1"), null);
  assert.equal(queuesBetween({ networks: [], hosts: [], links: [] })("client", "server"), null);
});
