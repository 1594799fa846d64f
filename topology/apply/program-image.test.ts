// The guard against a program of one's own that would be root, by an engine that has every image.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Engine } from "./docker.ts";
import { prepareProgram } from "./program-image.ts";

/** Its images run as `imageUser`. */
function engineOf(imageUser: string): Engine {
  const found = { Config: { User: imageUser } };
  return { docker: { getImage: () => ({ inspect: async () => found }) } } as unknown as Engine;
}

const prepare = (user: string, imageUser: string, mayBeRoot = false) =>
  prepareProgram(engineOf(imageUser), { container: "mine", image: "my/service:1", user, mayBeRoot });

describe("a program of one's own", () => {
  for (const user of ["root", "root:1000", "0", "0:0", "00", "000:0", "-0", "+0"]) {
    it(`is refused where its scenario or its image has it run as ${user}`, async () => {
      await assert.rejects(prepare(user, "1000"), { code: "E_IMAGE_ROOT" });
      await assert.rejects(prepare("", user), { code: "E_IMAGE_ROOT" });
    });
  }

  it("is refused where nobody names a user, or only a group", async () => {
    await assert.rejects(prepare("", ""), { code: "E_IMAGE_ROOT", message: /would be root \(root\)/ });
    await assert.rejects(prepare("", ":1000"), { code: "E_IMAGE_ROOT" });
  });

  it("runs as any other user, and as root where that is loosened", async () => {
    for (const user of ["1000", "1000:0", "01", "10", "rooted", "node"]) await prepare(user, "root");
    await prepare("00", "", true);
  });
});
