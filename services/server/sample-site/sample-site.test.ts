import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it } from "node:test";
import { crc32, inflateSync } from "node:zlib";
import { pathsIn } from "../../../lib/contract/load/popularity.ts";
import { USAGE } from "../../../lib/contract/load/words.ts";
import { DOCUMENT_BYTES, NIELSEN_PATHS, OBJECT_SIZES } from "./pages.ts";
import { siteFiles } from "./sample-site.ts";

const files = siteFiles(1);

it("the same seed gives the same bytes, another seed others", () => {
  assert.equal(digest(siteFiles(1)), digest(files));
  assert.notEqual(digest(siteFiles(2)), digest(files));
});

it("the bytes of seed 1 are the same on every machine and in every version", () => {
  const file = files.get("files/1KiB") as Buffer;
  // head -c 1024 /dev/zero | openssl enc -aes-128-ctr -K 00000001000000640000000000000000 -iv 0
  // -nopad | sha256sum
  const expected = "de341f4be1ffc75d";
  assert.equal(createHash("sha256").update(file).digest("hex").slice(0, 16), expected);
});

it("the files have the sizes that their names say", () => {
  const sizes = ["1KiB", "10KiB", "100KiB", "1MiB", "10MiB"].map((name) => files.get(`files/${name}`)?.length);
  assert.deepEqual(sizes, [1_024, 10_240, 102_400, 1_048_576, 10_485_760]);
});

it("the files that the help of load asks for are there", () => {
  const named = [...USAGE.matchAll(/(?<=[= ]|server)\/((?:files|pages)\/[\w{}./-]+\w)/g)].map(([, path = ""]) => path);
  const paths = named.flatMap(pathsIn);
  assert.ok(paths.length > 42, `${paths.length} paths`);
  assert.deepEqual(
    paths.filter((path) => !files.has(path)),
    [],
  );
});

it("the page shows four images of 60 kB or more, each a different valid PNG", () => {
  const page = (files.get("index.html") as Buffer).toString();
  const images = [...page.matchAll(/<img src="\/([^"]+)"/g)].map((match) => files.get(match[1] as string) as Buffer);
  assert.equal(images.length, 4);
  assert.equal(new Set(images.map((image) => image.toString("latin1"))).size, 4);
  for (const image of images) {
    assert.ok(image.length >= 60_000, `${image.length} bytes`);
    assert.equal(pixelBytes(image), 200 * 120 * 3 + 120);
  }
});

it("a page of equal objects names so many of them, and has the size of its kind", () => {
  for (const [count, documentBytes] of Object.entries(DOCUMENT_BYTES)) {
    for (const [size, bytes] of Object.entries(OBJECT_SIZES)) {
      const { length, objects } = pageAt(`pages/${count}x${size}.html`);
      assert.deepEqual([length, objects.length], [documentBytes, Number(count)]);
      assert.ok(objects.every((object) => object.length === bytes));
    }
  }
});

for (const path of NIELSEN_PATHS) {
  it(`${path}, Nielsen's page, has 42 kB of HTML and 42 images of 125 kB, as many of each class as the paper says`, () => {
    const { length, objects } = pageAt(path);
    const between = (least: number, most: number) =>
      objects.filter((object) => object.length >= least && object.length < most).length;
    assert.deepEqual([length, objects.length], [42_000, 42]);
    assert.deepEqual(
      [between(70, 1000), between(1000, 2000), between(2000, 3000), between(3000, 41_000)],
      [19, 7, 6, 10],
    );
    const total = objects.reduce((sum, object) => sum + object.length, 0);
    assert.deepEqual([total, Math.round(total / 42)], [125_000, 2_976]);
  });
}

function pageAt(path: string): { length: number; objects: Buffer[] } {
  const page = files.get(path) as Buffer;
  const names = [...page.toString().matchAll(/<img src="\/([^"]+)"/g)].map((match) => match[1] as string);
  return { length: page.length, objects: [...new Set(names)].map((name) => files.get(name) as Buffer) };
}

function digest(site: Map<string, Buffer>): string {
  const hash = createHash("sha256");
  for (const [path, bytes] of site) hash.update(path).update(bytes);
  return hash.digest("hex");
}

/** Walks the chunks of a PNG, checks each CRC, and returns the size of its inflated image data. */
function pixelBytes(png: Buffer): number {
  const data: Buffer[] = [];
  let at = 8;
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const typed = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(typed));
    if (typed.subarray(0, 4).toString() === "IDAT") data.push(typed.subarray(4));
    at += 12 + length;
  }
  return inflateSync(Buffer.concat(data)).length;
}
