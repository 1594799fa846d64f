// docs/scenarios.md and docs/errors.md say what the code does: the examples can be read, and every
// code is explained.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { describeError } from "../../lib/errors.ts";
import { parseScenario } from "./scenario.ts";

const DOCS = join(import.meta.dirname, "..", "..", "docs");
const page = await readFile(join(DOCS, "scenarios.md"), "utf8");

it("the example is a scenario, and means what its comments say", () => {
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const wan = parseScenario("example", example).links[1]?.settings;
  assert.deepEqual([wan?.forward.rateBitsPerSecond, wan?.backward.rateBitsPerSecond], [5e6, 50e6]);
  assert.deepEqual([wan?.forward.delayMillis, wan?.backward.delayMillis], [50, 50]);
});

/** Parts that an example may leave out, by their key. */
const REST = {
  title: "title: Example\n",
  networks: "networks: {servers: {}, site: {}}\n",
  hosts: "hosts: {server: {role: server, on: servers}}\n",
  links: "links: {wan: {between: [site, servers], rtt: 20ms, rate: 10mbit}}\n",
};

it("each example is a scenario, or a part of one that a scenario may have", () => {
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
  assert.ok(examples.length > 3);
  for (const example of examples) {
    const has = (key: string) => new RegExp(`^${key}:`, "m").test(example);
    const rest = Object.entries(REST).flatMap(([key, text]) => (has(key) ? [] : [text]));
    const { hosts, events } = parseScenario("example", rest.join("") + example);
    assert.equal(hosts.length, has("hosts") ? example.match(/ (?:on|within): /g)?.length : 1);
    assert.equal(events.length > 0, has("events"));
  }
});

it("every code that reading and planning can give is explained", async () => {
  const folders = [import.meta.dirname, join(import.meta.dirname, "..", "plan")];
  const files = (
    await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((file) => join(folder, file))))
  ).flat();
  const sources = await Promise.all(
    files.filter((file) => !file.endsWith(".test.ts")).map((file) => readFile(file, "utf8")),
  );
  const given = new Set(sources.flatMap((text) => text.match(/(?<=")E_[A-Z_]+(?=")/g) ?? []));
  const explained = (await readFile(join(DOCS, "errors.md"), "utf8")).match(/(?<=`)E_[A-Z_]+(?=`)/g) ?? [];
  assert.ok(given.size > 20);
  assert.deepEqual([...given.difference(new Set(explained))], []);
});

it("the problems that are shown are those of such a file", () => {
  const text = `title: Mine
networks: {servers: {}, site: {}}
hosts: {server: {role: server, on: server}}
links:
  wan: {between: [site, servers], loss: 120%}
`;
  const shown = page
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.slice(4));
  assert.throws(
    () => parseScenario("mine", text),
    (error) => {
      assert.ok(shown.join("\n").includes(describeError(error)));
      return true;
    },
  );
});
