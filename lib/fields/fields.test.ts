// Kinds of values, and the reading of objects and environments by tables of fields.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { either, IPV4, inUnits, json, type Kind, NAME, number, oneOf, orNull, text, truth, whole } from "./kinds.ts";
import { type Fields, isObject, readEnvironment, readObject, readText, readVariables, unknownNames } from "./read.ts";

describe("a kind of value", () => {
  const cases: [kind: Kind<unknown>, texts: Record<string, unknown>, accepted: unknown[], refused: unknown[]][] = [
    [whole(1, 9), { "7": 7, "0": undefined, "1.5": undefined, "": undefined }, [1, 9], [0, 1.5, "1", null]],
    [number(0, 2), { "1.5": 1.5, "3": undefined, "1e0": undefined }, [0, 2], [-1, Number.NaN, "1"]],
    [oneOf("a", "b"), { a: "a", c: undefined }, ["b"], ["c", 1]],
    [truth("on", "off"), { on: true, off: false, true: undefined }, [true, false], ["on", 1]],
    [orNull(whole(1, 9)), { "": null, "7": 7, "0": undefined }, [null, 1], [0]],
    [text("a word", (word) => /^\w+$/.test(word)), { ab: "ab", "a b": undefined }, ["ab"], ["a b", 1]],
    [json("an object", isObject), { "{}": {}, "[]": undefined, "{": undefined }, [{}], [[], null]],
    [
      either(whole(0, 2000), inUnits(whole(0, 2000), "bytes", "a size")),
      { "1kB": 1000, "7": 7, "3kB": undefined },
      [7],
      [2001],
    ],
    [inUnits(number(0, 60), "millis", "a time", 1000), { "500ms": 0.5, "61s": undefined, "1": undefined }, [60], [61]],
    [IPV4, { "10.0.0.1": "10.0.0.1", "::1": undefined }, ["10.0.0.1"], ["::1"]],
  ];
  it("reads texts and values of JSON alike", () => {
    for (const [kind, texts, accepted, refused] of cases) {
      for (const [given, value] of Object.entries(texts)) assert.deepEqual(kind.parse(given), value, kind.allowed);
      for (const value of accepted) assert.deepEqual(kind.parse(kind.format(value)), value, kind.allowed);
      for (const value of accepted) assert.ok(kind.accepts(value), `${kind.allowed}: ${value}`);
      for (const value of refused) assert.ok(!kind.accepts(value), `${kind.allowed}: ${value}`);
    }
  });
});

describe("a text", () => {
  const problemOf = (text: string | undefined, kind: Kind<unknown> = whole(1, 9)) => {
    const read = readText(kind, "users", text);
    return "problem" in read ? `${read.problem.code} ${read.problem.message}` : read.value;
  };

  it("is a value, or missing, empty, unreadable, or out of the range that it can be read in", () => {
    assert.equal(problemOf("7"), 7);
    assert.equal(problemOf(undefined), "E_MISSING_KEY is missing");
    assert.equal(problemOf(""), "E_BAD_VALUE is empty");
    assert.equal(problemOf("many"), "E_BAD_VALUE many cannot be read");
    assert.equal(problemOf("10"), "E_OUT_OF_RANGE 10 is out of range");
    assert.equal(problemOf("gopher", oneOf("http", "echo")), "E_BAD_VALUE gopher cannot be read");
  });
});

describe("an object of JSON", () => {
  const fields: Fields<{ users: number; mean: number | null }> = {
    users: { ...whole(1, 9), usual: 3 },
    mean: orNull(number(0, 1)),
  };

  it("gives a value for each field, the usual one for what is left out", () => {
    assert.deepEqual(readObject(fields, { mean: null }), { values: { users: 3, mean: null }, problems: [] });
  });

  it("gives every problem at once, with its place and what is allowed", () => {
    const found = [
      ...readObject(fields, { users: 10 }, "load.").problems,
      ...unknownNames(fields, { user: 1 }, "load."),
    ];
    assert.deepEqual(found, [
      { code: "E_OUT_OF_RANGE", path: "load.users", message: "10 is not allowed", allowed: "a whole number, 1 to 9" },
      { code: "E_MISSING_KEY", path: "load.mean", message: "is missing", allowed: "0 to 1" },
      { code: "E_UNKNOWN_KEY", path: "load.user", message: "is not known here", allowed: "users, mean" },
    ]);
  });

  it("misses everything when it is none", () => {
    for (const given of [undefined, null, 3, "text", []]) assert.equal(readObject(fields, given).problems.length, 1);
  });
});

describe("an environment", () => {
  const fields: Fields<{ name: string; workers: number }> = {
    name: { ...NAME, variable: "A_NAME" },
    workers: { ...whole(0, 9), usual: 2, variable: "A_WORKERS" },
  };

  it("is read whole and frozen; a variable that is set to nothing is not given", () => {
    const read = readEnvironment(fields, { A_NAME: "x", A_WORKERS: "", OTHER: "y" });
    assert.deepEqual(read, { name: "x", workers: 2 });
    assert.ok(Object.isFrozen(read));
  });

  it("is refused with every problem", () => {
    const { problems } = readVariables(fields, { A_WORKERS: "many" });
    assert.deepEqual(
      problems.map(({ path, message, code }) => [path, message, code]),
      [
        ["A_NAME", "is missing", "E_MISSING_KEY"],
        ["A_WORKERS", "many cannot be read", "E_BAD_VALUE"],
      ],
    );
    assert.throws(() => readEnvironment(fields, {}), { code: "E_BAD_ENVIRONMENT" });
  });
});
