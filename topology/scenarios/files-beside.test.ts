import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { filesBeside } from "./files-beside.ts";
import { readScenario } from "./read-scenario.ts";

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  await mkdir(join(folder, "tables"));
  await writeFile(join(folder, "tables", "wifi.dist"), "-8192 8192\n");
  await writeFile(join(folder, "huge.dist"), "0 ".repeat(2 ** 20));
});

after(() => rm(folder, { recursive: true }));

it("a file is read by its path from the folder, or by a whole one", () => {
  const read = filesBeside(folder);
  assert.equal(read("tables/wifi.dist"), "-8192 8192\n");
  assert.equal(read(join(folder, "tables", "wifi.dist")), "-8192 8192\n");
});

it("what is no file, is not there, or is far too long is not read", () => {
  const read = filesBeside(folder);
  assert.throws(() => read("tables"), /it is no file of at most/);
  assert.throws(() => read("huge.dist"), /it is no file of at most/);
  assert.throws(() => read("gone.dist"), /ENOENT/);
});

it("a scenario names a table beside its file", async () => {
  const link = "{between: [site, servers], rtt: 100ms, jitter: 5ms, distribution: tables/wifi.dist}";
  await writeFile(
    join(folder, "mine.yaml"),
    `title: Mine\nnetworks: {servers: {}, site: {}}\nhosts: {server: {role: server, on: servers}}\nlinks:\n  wan: ${link}\n`,
  );
  const { links } = await readScenario("mine", folder);
  const { jitterDistribution } = links[0]?.settings.forward ?? assert.fail("there is a link");
  assert.ok(typeof jitterDistribution === "object");
  assert.equal(jitterDistribution.name, "wifi.dist");
});
