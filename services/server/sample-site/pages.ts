// Pages for studies of page times: documents of a known size that name objects of known sizes.
// `pages/4x10KiB.html` names four objects of 10 KiB, and `pages/42x3KiB.html` with its own document
// makes 43 of them. `pages/nielsen.html` is built as the page of Nielsen and others, "Network
// performance effects of HTTP/1.1, CSS1, and PNG", SIGCOMM 1997: 42 kB of HTML and 42 images of 125
// kB together, 19 below 1 kB, 7 of 1 to 2 kB, 6 of 2 to 3 kB, the largest of 40 kB. The paper gives
// no more of their sizes; within each class they are spread evenly here.

import { randomBytes } from "./random-bytes.ts";

export const OBJECT_SIZES = { "3KiB": 3_072, "10KiB": 10_240, "30KiB": 30_720, "100KiB": 102_400 };
/** Bytes of a document, by the number of objects that it names. */
export const DOCUMENT_BYTES = { 4: 2_000, 42: 42_000 } as const;
const MOST_OBJECTS = 42;

const NIELSEN_BYTES = [
  ...spread(19, 70, 45),
  ...spread(7, 1_100, 130),
  ...spread(6, 2_050, 180),
  ...spread(9, 3_200, 600),
  40_145,
];

/** By its name, and by the mean of its images as the pages of equal objects are named. */
export const NIELSEN_PATHS = ["pages/nielsen.html", "pages/42x2976B.html"];

/** Streams of the seed that no other file of the site uses. */
const FIRST_STREAM = 1_000;

/** The pages and their objects: path under the root -> bytes. */
export function pageFiles(seed: number): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const addDocument = (path: string, bytes: number, objects: readonly string[]) =>
    files.set(path, Buffer.from(documentOf(bytes, objects)));
  for (const [size, bytes] of Object.entries(OBJECT_SIZES)) {
    const objects = Array.from({ length: MOST_OBJECTS }, (_, index) => `pages/${size}/${index + 1}.bin`);
    for (const path of objects) files.set(path, randomBytes(bytes, seed, FIRST_STREAM + files.size));
    for (const [count, documentBytes] of Object.entries(DOCUMENT_BYTES)) {
      addDocument(`pages/${count}x${size}.html`, documentBytes, objects.slice(0, Number(count)));
    }
  }
  const images = NIELSEN_BYTES.map((bytes, index) => ({ path: `pages/nielsen/${index + 1}.bin`, bytes }));
  for (const { path, bytes } of images) files.set(path, randomBytes(bytes, seed, FIRST_STREAM + files.size));
  for (const path of NIELSEN_PATHS) {
    addDocument(
      path,
      DOCUMENT_BYTES[42],
      images.map((image) => image.path),
    );
  }
  return files;
}

/** HTML of exactly `bytes` bytes: the objects, and as much text as is left. */
function documentOf(bytes: number, objects: readonly string[]): string {
  const images = objects.map((path) => `<img src="/${path}" alt="">\n`).join("");
  const head = `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>A page of ${objects.length} objects</title>\n`;
  const tail = "</html>\n";
  const left = bytes - head.length - images.length - "<p>".length - tail.length;
  const text = "As much text as the document needs to have its size. ".repeat(Math.ceil(left / 50)).slice(0, left);
  return `${head}${images}<p>${text}${tail}`;
}

function spread(count: number, first: number, step: number): number[] {
  return Array.from({ length: count }, (_, index) => first + step * index);
}
