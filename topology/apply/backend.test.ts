// The trial of this machine's kernel by whoever is not root, in namespaces of their own. A process
// as such a user, because the test's own may be root.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { release } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const IN_NAMESPACES = ["--user", "--map-root-user", "--net", "sh", "-c", "ip link set lo up && command -v tc"];
const BACKEND = join(import.meta.dirname, "backend.ts");
/** Root's home, for one, is closed to others. */
const mayRead = runs(process.execPath, ["--input-type=module", "-e", `await import(${JSON.stringify(BACKEND)})`]);
const mayTry = mayRead && runs("unshare", IN_NAMESPACES);
const reason = "this machine gives others no namespaces or no sight of the sources, or has no ip or tc";

function runs(program: string, words: readonly string[]): boolean {
  return spawnSync(program, words, { timeout: 20_000, ...NOBODY }).status === 0;
}

describe("a normal user", { skip: !mayTry && reason }, () => {
  it("tries the kernel before anything is built, also for an engine whose root is another user", () => {
    const script = `
      const { findBackend } = await import(${JSON.stringify(BACKEND)});
      const engine = { kernelRelease: ${JSON.stringify(release())}, architecture: "x64", remapping: "rootless" };
      await findBackend(engine, "").then(
        ({ because }) => console.log(because),
        ({ code, message }) => console.log(code, message),
      );`;
    const words = ["--input-type=module", "-e", script];
    const said = execFileSync(process.execPath, words, { encoding: "utf8", timeout: 20_000, ...NOBODY });
    assert.match(said, /^(kernel|E_BACKEND_UNAVAILABLE) .*\(tried in a network namespace of this machine\)/);
  });
});
