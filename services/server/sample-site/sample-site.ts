// The site of a server host, made from a seed: a page with four images of 60 kB or more, files of
// known sizes, and pages of known objects (pages.ts). A seed gives the same bytes on every machine,
// so results of different runs are about the same site.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pageFiles } from "./pages.ts";
import { encodePng } from "./png.ts";
import { randomBytes } from "./random-bytes.ts";

const FILE_SIZES = { "1KiB": 1_024, "10KiB": 10_240, "100KiB": 102_400, "1MiB": 1_048_576, "10MiB": 10_485_760 };
const IMAGE_COUNT = 4;
const IMAGE_WIDTH = 200;
const IMAGE_HEIGHT = 120;

/** The files of the site, by path under the root. */
export function siteFiles(seed: number): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  files.set("index.html", Buffer.from(page(seed)));
  for (let image = 1; image <= IMAGE_COUNT; image++) {
    files.set(`images/${image}.png`, noiseImage(seed, image));
  }
  for (const [index, [name, size]] of Object.entries(FILE_SIZES).entries()) {
    files.set(`files/${name}`, randomBytes(size, seed, 100 + index));
  }
  for (const [path, bytes] of pageFiles(seed)) files.set(path, bytes);
  return files;
}

/** Writes the site under `root`, which is created if necessary, readable by everyone. */
export async function writeSite(root: string, seed: number): Promise<void> {
  for (const [path, bytes] of siteFiles(seed)) {
    await mkdir(join(root, path, ".."), { recursive: true, mode: 0o755 });
    await writeFile(join(root, path), bytes, { mode: 0o644 });
  }
}

function page(seed: number): string {
  const images = Array.from({ length: IMAGE_COUNT }, (_, index) => index + 1)
    .map(
      (image) =>
        `<img src="/images/${image}.png" width="${IMAGE_WIDTH}" height="${IMAGE_HEIGHT}" alt="Image ${image}">`,
    )
    .join("\n");
  const links = Object.keys(FILE_SIZES)
    .map((name) => `<li><a href="/files/${name}">${name}</a></li>`)
    .join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>rttlab: site ${seed}</title>
<link rel="icon" href="data:,">
<h1>Site ${seed}</h1>
<p>
${images}
</p>
<ul>
${links}
</ul>
</html>
`;
}

/** Noise in one hue, 72 kB. */
function noiseImage(seed: number, image: number): Buffer {
  const pixels = randomBytes(IMAGE_WIDTH * IMAGE_HEIGHT * 3, seed, image);
  const channel = image % 3;
  for (let at = channel; at < pixels.length; at += 3) pixels[at] = (pixels[at] as number) | 0xc0;
  return encodePng(IMAGE_WIDTH, IMAGE_HEIGHT, pixels);
}
