// Files that are replaced atomically: a reader sees the old one or the new one.

import { rename, writeFile } from "node:fs/promises";

export async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
