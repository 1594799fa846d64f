// Every path that a cell of a study fetches is a file of the generated site.

import assert from "node:assert/strict";
import { it } from "node:test";
import { siteFiles } from "../services/server/sample-site/sample-site.ts";
import { expand } from "../study/expand.ts";
import { loadStudy, studyNames } from "../study/files.ts";

const files = siteFiles(1);

for (const name of await studyNames()) {
  it(`${name} asks for nothing that the site lacks`, async () => {
    const { study } = await loadStudy(name);
    const asked = expand(study).map(({ settings }) => settings[`measure.${settings["measure.kind"]}.path`] ?? "/");
    const missing = [...new Set(asked)].filter((path) => path !== "/" && !files.has(path.slice(1)));
    assert.deepEqual(missing, []);
  });
}
