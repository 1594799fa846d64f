import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { importsIn } from "./imports.ts";

describe("the imports of a source", () => {
  it("are those of every form, from the root, with what is only a type or a program of its own", () => {
    const text = [
      'import "./a.ts";',
      'import type { B } from "./b.ts";',
      "import {\n  C,\n  type D,\n} from '../c.ts';",
      'export { E } from "./e.ts";',
      'export type { F } from "./f.ts";',
      'import list from "./g.json" with { type: "json" };',
      'const later = await import("zod");',
      'const worker = new Worker(new URL("./worker.ts", import.meta.url));',
    ].join("\n");
    assert.deepEqual(
      importsIn("lib/x/y.ts", text).map(({ target, kind }) => `${kind} ${target}`),
      [
        "value lib/x/a.ts",
        "type lib/x/b.ts",
        "value lib/c.ts",
        "value lib/x/e.ts",
        "type lib/x/f.ts",
        "value lib/x/g.json",
        "value zod",
        "url lib/x/worker.ts",
      ],
    );
  });

  it("are not those that a comment names, nor addresses", () => {
    const text = '// import "./a.ts";\nconst here = new URL("http://host/");\nconst kind = "import";';
    assert.deepEqual(importsIn("lib/y.ts", text), []);
  });
});
