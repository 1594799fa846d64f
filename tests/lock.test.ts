// package-lock.json must serve every platform. npm silently omits an optional package that has no
// build for the machine that wrote the lock, and then `npm ci` refuses the lock on a machine that
// needs the package.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { ROOT } from "./rules/sources.ts";

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}

const LOCKS = ["package-lock.json", "services/package-lock.json"];

for (const path of LOCKS) {
  const { packages } = JSON.parse(readFileSync(`${ROOT}${path}`, "utf8")) as { packages: Record<string, Entry> };

  describe(path, () => {
    it("has an entry for every platform's package of every optional dependency", () => {
      assert.deepEqual(missingOptionals(packages), []);
    });

    it("pins every package by its content and names no host to fetch it from", () => {
      const entries = Object.entries(packages).filter(([place]) => place.startsWith("node_modules/"));
      const unpinned = entries.filter(([, { version, integrity }]) => !version || !integrity?.startsWith("sha512-"));
      assert.deepEqual(
        unpinned.map(([place]) => place),
        [],
      );
      assert.deepEqual(
        entries.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place),
        [],
      );
    });
  });
}

describe("package.json", () => {
  const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as Record<string, Record<string, string>>;

  it("asks for one exact version of each package, and for the same Node everywhere", () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies };
    assert.deepEqual(
      Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
    const nodes = Object.entries(optionalDependencies ?? {}).filter(([name]) => name.startsWith("node-"));
    assert.equal(nodes.length, 5);
    assert.equal(new Set(nodes.map(([, version]) => version)).size, 1);
    assert.equal(`v${nodes[0]?.[1]}`, process.version);
  });
});

describe("the search for what a lock lacks", () => {
  it("finds packages beside, inside and above the one that wants them, and says which is missing", () => {
    const packages = {
      "": { optionalDependencies: { top: "1.0.0" } },
      "node_modules/top": {},
      "node_modules/@a/tool": { optionalDependencies: { top: "1.0.0", nested: "1.0.0", "@a/tool-linux": "1.0.0" } },
      "node_modules/@a/tool/node_modules/nested": {},
    };
    assert.deepEqual(missingOptionals(packages), ["node_modules/@a/tool wants @a/tool-linux"]);
  });
});

/** Optional dependencies without an entry in the lock, looked up as Node resolves them. */
function missingOptionals(packages: Record<string, Entry>): string[] {
  return Object.entries(packages).flatMap(([place, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !foldersFrom(place).some((folder) => `${folder}node_modules/${name}` in packages))
      .map((name) => `${place || "the root"} wants ${name}`),
  );
}

/**
 * The folders whose node_modules are searched from a package's place, innermost first:
 * `node_modules/a/`, then the root.
 */
function foldersFrom(place: string): string[] {
  if (place === "") return [""];
  const outer = place.slice(0, place.lastIndexOf("node_modules/")).replace(/\/$/, "");
  return [`${place}/`, ...foldersFrom(outer)];
}
