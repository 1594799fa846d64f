// Writes what comes in to a file in one move: `node write-file.mjs PATH`. A reader sees the old
// file or the new one, never half. `up` runs it by exec, because `docker cp` into a container with
// a read-only root is refused.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";

const [path] = process.argv.slice(2);
const content = await text(process.stdin);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(`${path}.writing`, content);
renameSync(`${path}.writing`, path);
