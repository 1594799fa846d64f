import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { deviationsOf, isTable, readTable, tablePath, tableText, tableWord } from "./jitter-table.ts";

const read = (text: string, file = "some/wifi.dist") => readTable(file, () => text);
const messages = (text: string) => {
  const found = read(text);
  return "problems" in found ? found.problems.map(({ code, message }) => `${code} ${message}`) : [];
};

describe("a table of jitter", () => {
  it("is the whole numbers of its file in rising order, in 8192ths", () => {
    const found = read("# two rows\n 8192 -4096\t0\n\n+16384\n");
    assert.ok("table" in found);
    assert.equal(found.table.name, "wifi.dist");
    assert.deepEqual(deviationsOf(found.table), [-0.5, 0, 1, 2]);
  });

  it("is refused with every word that is no such number, and where it stands", () => {
    assert.deepEqual(messages("1 two 3\n40000 010 0x10 1.5\n-32768 32767 1e3\n"), [
      'E_BAD_TABLE some/wifi.dist, line 1: "two" is no such number',
      ...["40000", "010", "0x10", "1.5"].map(
        (word) => `E_BAD_TABLE some/wifi.dist, line 2: "${word}" is no such number`,
      ),
      'E_BAD_TABLE some/wifi.dist, line 3: "1e3" is no such number',
    ]);
  });

  it("is refused without two numbers that differ, and with more than tc can hand over", () => {
    for (const text of ["", "# nothing\n", "5\n", "5 5 5\n"]) {
      assert.deepEqual(messages(text), ["E_BAD_TABLE some/wifi.dist has no two numbers that differ"]);
    }
    const many = (count: number) => Array.from({ length: count }, (_, at) => at).join(" ");
    assert.deepEqual(messages(many(16_000)), []);
    assert.deepEqual(messages(many(16_001)), ["E_BAD_TABLE some/wifi.dist has 16001 numbers"]);
  });

  it("is refused with the reason where its file cannot be read", () => {
    const found = readTable("gone.dist", () => {
      throw new Error("there is none");
    });
    assert.deepEqual("problems" in found && found.problems[0]?.message, "gone.dist cannot be read: there is none");
  });

  it("is given to tc as the numbers that it was read from", () => {
    const numbers = fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 2, maxLength: 300 });
    fc.assert(
      fc.property(numbers, (given) => {
        fc.pre(new Set(given).size > 1);
        const found = read(given.join("\n"));
        assert.ok("table" in found && isTable(found.table));
        assert.deepEqual(
          tableText(found.table).trim().split("\n").map(Number),
          given.toSorted((first, second) => first - second),
        );
      }),
    );
  });

  it("has a place by its content, which tc finds from wherever it looks for tables", () => {
    const [one, same, other] = ["1 2", "2 1", "1 3"].map((text) => {
      const found = read(text);
      return "table" in found ? found.table : assert.fail(text);
    });
    assert.ok(one !== undefined && same !== undefined && other !== undefined);
    assert.equal(tablePath(one), tablePath(same));
    assert.notEqual(tablePath(one), tablePath(other));
    assert.equal(new URL(`${tableWord(one)}.dist`, "file:///usr/lib/x86_64-linux-gnu/tc/").pathname, tablePath(one));
  });

  it("is none with numbers in another order, too few, or a name that is no word", () => {
    const table = (name: string, numbers: number[]) => ({
      name,
      deviations: Buffer.from(Int16Array.from(numbers).buffer).toString("base64"),
    });
    assert.ok(isTable(table("a.dist", [1, 2])));
    for (const each of [table("a.dist", [2, 1]), table("a.dist", [1]), table("a b.dist", [1, 2]), table("a", [1, 2])]) {
      assert.ok(!isTable(each), each.name);
    }
  });
});
