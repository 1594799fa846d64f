// The colours of lines, seen by everybody. Dichromats' sight is that of Viénot, Brettel and Mollon,
// "Digital video colourmaps for checking the legibility of displays by dichromats" (1999), contrast
// that of WCAG 2.2 (1.4.11), distance that of CIELAB (CIE 1976).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { lineDash, SERIES } from "./colors.js";

const STYLE = await readFile(join(import.meta.dirname, "style.css"), "utf8");
const [light = "", dark = ""] = [...STYLE.matchAll(/--paper: (#\w+);/g)].map(([, color]) => color as string);
const PAPERS = { light: light.replace(/^#(\w)(\w)(\w)$/, "#$1$1$2$2$3$3"), dark };

/** Rows of red, green and blue, in linear light. */
const SIGHTS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "everybody else": [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "people who see no red": [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  "people who see no green": [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};
const LUMINANCE = [0.2126, 0.7152, 0.0722];

for (const theme of ["light", "dark"] as const) {
  describe(`lines on ${theme} paper`, () => {
    it("stand out from it by 3 to 1", () => {
      for (const color of SERIES[theme]) {
        const ratio = contrast(color, PAPERS[theme]);
        assert.ok(ratio >= 3, `${color} on ${PAPERS[theme]}: ${ratio}`);
      }
    });

    for (const [who, sight] of Object.entries(SIGHTS)) {
      // Of 2 a difference can be seen at all; a thin line needs many times that.
      it(`are distinct by 20 for ${who}`, () => {
        for (const [index, one] of SERIES[theme].entries()) {
          for (const other of SERIES[theme].slice(index + 1)) {
            const apart = Math.hypot(...lab(one, sight).map((value, at) => value - (lab(other, sight)[at] as number)));
            assert.ok(apart >= 20, `${one} and ${other}: ${apart}`);
          }
        }
      });
    }
  });
}

it("lines of one colour differ by their dashes, also those that the panel dashes", () => {
  const count = SERIES.dark.length;
  for (const dash of [undefined, [8, 6]]) {
    assert.deepEqual(lineDash(count - 1, dash), dash);
    const dashes = [0, count, 2 * count].map((index) => JSON.stringify(lineDash(index, dash)));
    assert.equal(new Set(dashes).size, 3, String(dashes));
  }
});

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [one, other].map((color) => dot(LUMINANCE, linear(color))).sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function linear(color: string): number[] {
  const values = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  return values.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
}

function lab(color: string, sight: readonly (readonly number[])[]): number[] {
  const seen = sight.map((row) => dot(row, linear(color)));
  const x = dot([0.4124, 0.3576, 0.1805], seen) / 0.9505;
  const y = dot(LUMINANCE, seen);
  const z = dot([0.0193, 0.1192, 0.9505], seen) / 1.089;
  const [fx = 0, fy = 0, fz = 0] = [x, y, z].map((value) =>
    value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116,
  );
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function dot(row: readonly number[], values: readonly number[]): number {
  return row.reduce((sum, factor, at) => sum + factor * (values[at] ?? 0), 0);
}
