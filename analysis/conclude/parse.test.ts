// Expressions as trees: what binds what, and where a fault is.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import { inputsOf } from "../models/predict.ts";
import { type Expression, ExpressionFault, parseExpression } from "./parse.ts";

/** Of arithmetic. */
type Tree = number | { minus: Tree } | { left: Tree; operator: keyof typeof STRENGTH; right: Tree };

const STRENGTH = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 3 } as const;

/** With parentheses around everything. */
function whole(tree: Tree): string {
  if (typeof tree === "number") return String(tree);
  return "minus" in tree ? `(- ${whole(tree.minus)})` : `(${whole(tree.left)} ${tree.operator} ${whole(tree.right)})`;
}

/**
 * With those alone that are needed beside an operator of the strength. A minus takes the factors
 * behind it, so it needs some in front of a factor or an exponent.
 */
function sparse(tree: Tree, strength = 0, isLeft = false): string {
  if (typeof tree === "number") return String(tree);
  if ("minus" in tree) {
    const text = `-${sparse(tree.minus, Math.max(2, strength))}`;
    return isLeft && strength > 1 ? `(${text})` : text;
  }
  const own = STRENGTH[tree.operator];
  const isPower = tree.operator === "^";
  const [left, right] = [sparse(tree.left, isPower ? 4 : own, true), sparse(tree.right, isPower ? 3 : own + 1)];
  const text = `${left} ${tree.operator} ${right}`;
  return own < strength ? `(${text})` : text;
}

function someTree(random: () => number, depth: number): Tree {
  const kind = random();
  if (depth === 0 || kind < 0.2) return Math.floor(10 * random());
  if (kind < 0.45) return { minus: someTree(random, depth - 1) };
  const operator = (["+", "-", "*", "/", "^"] as const)[Math.floor(5 * random())] ?? "+";
  return { left: someTree(random, depth - 1), operator, right: someTree(random, depth - 1) };
}

function read(source: string): string {
  const draw = (e: Expression): string =>
    e.kind === "binary"
      ? `(${draw(e.left)} ${e.operator} ${draw(e.right)})`
      : e.kind === "unary"
        ? `(${e.operator} ${draw(e.operand)})`
        : e.text;
  return draw(parseExpression(source));
}

describe("an expression", () => {
  it("binds as arithmetic does, comparisons before not, not before and, and before or", () => {
    assert.equal(read("1 + 2 * 3 - 4"), "((1 + (2 * 3)) - 4)");
    assert.equal(read("2 ^ 3 ^ 2"), "(2 ^ (3 ^ 2))");
    assert.equal(read("not 1 < 2 and 3 > 2 or 1 >= 1"), "(((not (1 < 2)) and (3 > 2)) or (1 >= 1))");
    assert.equal(read("(1 + 2) * -3"), "((1 + 2) * (- 3))");
  });

  it("has a minus that takes the factors behind it, but none behind an operator that binds more", () => {
    for (const [source, tree, value] of [
      ["6 / -2 * 3", "((6 / (- 2)) * 3)", -9],
      ["10 ^ -3 * rtt", "((10 ^ (- 3)) * rtt)", 0.1],
      ["rtt * 10 ^ -3 / 2", "((rtt * (10 ^ (- 3))) / 2)", 0.05],
      ["-2 ^ 2", "(- (2 ^ 2))", -4],
      ["-2 * 3", "(- (2 * 3))", -6],
      ["2 ^ -2 ^ 2", "(2 ^ (- (2 ^ 2)))", 1 / 16],
      ["8 / - -2 * 3", "((8 / (- (- 2))) * 3)", 12],
    ] as const) {
      assert.equal(read(source), tree);
      const { inputs } = inputsOf({ input: source }, { rtt: 100 }, "inputs");
      assert.ok(Math.abs(Number(inputs.input) - value) < 1e-15, `${source} is ${inputs.input}`);
    }
  });

  it("is read as the tree that it was printed from, with no more parentheses than it needs", () => {
    const random = randomSequence(5);
    for (let at = 0; at < 3000; at += 1) {
      const tree = someTree(random, 5);
      assert.equal(read(sparse(tree)), whole(tree), sparse(tree));
    }
  });

  for (const [source, column, message] of [
    ["1 +", 4, /it ends where a value should/],
    ["mean(time serial)", 11, /"serial" stands where "," should/],
    ["1 ; 2", 3, /";" means nothing here/],
    ["1 2", 3, /"2" stands where nothing more should/],
    ["constructor.name", 12, /"\." means nothing here/],
    ["", 1, /it ends where a value should/],
  ] as const) {
    it(`refuses "${source}" at column ${column}`, () => {
      assert.throws(
        () => parseExpression(source),
        (error) => error instanceof ExpressionFault && error.column === column && message.test(error.message),
      );
    });
  }
});
