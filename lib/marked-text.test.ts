import assert from "node:assert/strict";
import { it } from "node:test";
import { withMarkedText } from "./marked-text.ts";

const MARK = { name: "ends", by: "npm run ends" };

it("a text between marks is written anew, and the page around it stays as it is", () => {
  const page = "Above.\n<!-- ends: npm run ends -->\nold\n<!-- /ends -->\nBelow $& $1.\n";
  const written = withMarkedText(page, MARK, "new $& 1\nand more");
  assert.equal(written, "Above.\n<!-- ends: npm run ends -->\nnew $& 1\nand more\n<!-- /ends -->\nBelow $& $1.\n");
  assert.equal(withMarkedText(written, MARK, "old"), page);
});

it("a page without its marks, or with them the wrong way round, is no place for a text", () => {
  for (const page of ["nothing", "<!-- ends: npm run ends -->", "<!-- /ends -->\n<!-- ends: npm run ends -->"])
    assert.throws(() => withMarkedText(page, MARK, "new"), /<!-- ends: npm run ends -->/);
});
