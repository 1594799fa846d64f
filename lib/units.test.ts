import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Dimension, formatQuantity, parseQuantity, quantityPattern } from "./units.ts";

describe("quantities", () => {
  it("are read to base units", () => {
    assert.equal(parseQuantity("50ms", "millis"), 50);
    assert.equal(parseQuantity("250 us", "millis"), 0.25);
    assert.equal(parseQuantity("1.5s", "millis"), 1500);
    assert.equal(parseQuantity("50mbit", "bitsPerSecond"), 50e6);
    assert.equal(parseQuantity("64KiB", "bytes"), 65_536);
    assert.equal(parseQuantity("0.1%", "ratio"), 0.001);
  });

  it("are sizes in every spelling that people use: powers of 1000, and of 1024 with an i", () => {
    const spellings: [factor: number, ...units: string[]][] = [
      [1, "B", "b"],
      [1e3, "kB", "KB", "kb", "Kb", "k", "K"],
      [1024, "KiB", "kib", "kiB", "Ki", "ki"],
      [1e6, "MB", "Mb", "mb", "M"],
      [1024 ** 2, "MiB", "mib", "Mi"],
      [1e9, "GB", "gb", "G", "g"],
      [1024 ** 3, "GiB", "gib", "Gi"],
      [1e12, "TB", "T"],
      [1024 ** 4, "TiB", "Ti"],
    ];
    for (const [factor, ...units] of spellings) {
      for (const unit of units) {
        assert.equal(parseQuantity(`2.5${unit}`, "bytes"), 2.5 * factor, unit);
        assert.match(`2.5${unit}`, new RegExp(quantityPattern("bytes")));
      }
    }
    for (const text of ["5m", "5", "5i", "5iB", "5Kbit", "5KBB", "5EBB"]) {
      assert.equal(parseQuantity(text, "bytes"), undefined, text);
      assert.doesNotMatch(text, new RegExp(quantityPattern("bytes")));
    }
  });

  it("are not read from anything else", () => {
    for (const text of [
      "50",
      "ms",
      "-1ms",
      "1e3ms",
      "50 parsecs",
      "1,5s",
      "",
      "NaNms",
      "50ms ms",
      "1msx",
      "5constructor",
    ]) {
      assert.equal(parseQuantity(text, "millis"), undefined, text);
    }
    assert.equal(parseQuantity("50ms", "bitsPerSecond"), undefined);
  });

  it("are written in the largest unit that keeps them at 1 or more", () => {
    assert.equal(formatQuantity(50e6, "bitsPerSecond"), "50mbit");
    assert.equal(formatQuantity(1500, "bitsPerSecond"), "1.5kbit");
    assert.equal(formatQuantity(0.25, "millis"), "250us");
    assert.equal(formatQuantity(0, "millis"), "0us");
    assert.equal(formatQuantity(65_536, "bytes"), "65.536kB");
  });

  it("read back what was written, to twelve digits, and match the pattern for editors", () => {
    const dimensions: Dimension[] = ["millis", "bitsPerSecond", "bytes", "ratio"];
    const value = fc.oneof(
      fc.constant(0),
      fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
      fc.double({ min: 1e-12, max: 1e-5, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...dimensions), value, (dimension, number) => {
        const text = formatQuantity(number, dimension);
        assert.match(text, new RegExp(quantityPattern(dimension)));
        const back = parseQuantity(text, dimension) ?? Number.NaN;
        assert.ok(Math.abs(back - number) <= 1e-11 * number, `${number} -> ${text} -> ${back}`);
      }),
    );
  });
});
