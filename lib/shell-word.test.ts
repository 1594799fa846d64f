import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";
import { shellWord } from "./shell-word.ts";

it("a word is what a shell reads back, whatever is in it", () => {
  const words = ["plain-1.5/x", "", "two words", "it's", '$HOME `id` \\ "*"', "~", "line\nline", "#a;b&c"];
  const script = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
  assert.deepEqual(execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1), words);
});

it("a plain word stays readable", () => assert.equal(shellWord("./scenarios/a.yaml"), "./scenarios/a.yaml"));
