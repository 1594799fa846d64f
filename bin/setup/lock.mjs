// One set-up at a time in one work tree: a file that names the processes at work. Holders that were
// killed leave it behind; the next one sees that they are gone and takes it over. A killed rttlab's
// npm lives on, so it is named there too.

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal, report } from "./refusal.mjs";

const PATIENCE_MILLIS = 15 * 60_000;
const LOOK_EVERY_MILLIS = 200;
/**
 * A lock without a process number this old was left by a process that died between creating and
 * writing it.
 */
const UNWRITTEN_MILLIS = 5_000;

/**
 * Runs `work` while no other process does so for the same work tree.
 * @param {string} root the repository's root
 * @param {(alsoHeldBy: (pid: number) => void) => void | Promise<void>} work calls `alsoHeldBy` for a child that must end first
 * @throws {Refusal} E_SETUP_BUSY after a quarter of an hour
 */
export async function withLock(root, work) {
  const folder = join(root, ".rttlab");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "setup.lock");
  await acquire(path);
  try {
    await work((pid) => writeFileSync(path, `${process.pid} ${pid}`));
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
async function acquire(path) {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (let said = false; !tryCreate(path); ) {
    const holder = readHolder(path);
    if (isGone(path, holder)) {
      takeAway(path, holder);
      continue;
    }
    if (!said) report(`waiting for process ${holder?.split(" ")[0] || "?"}, which is setting up the same work tree`);
    said = true;
    if (Date.now() > deadline) {
      const cure = `if that process is not rttlab, remove ${path}`;
      throw new Refusal("E_SETUP_BUSY", 1, `set up: process ${holder} has been at it for too long`, [cure]);
    }
    await sleep(LOOK_EVERY_MILLIS);
  }
}

/** @param {string} path */
function tryCreate(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @param {string | undefined} holder
 */
function isGone(path, holder) {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  const ageMillis = Date.now() - mtimeMs;
  if (holder === undefined) return false;
  if (holder === "") return ageMillis > UNWRITTEN_MILLIS;
  return ageMillis > uptime() * 1000 || !holder.split(" ").map(Number).some(isAlive);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/**
 * Removes the lock of a dead process. Another waiter may have replaced it since it was read: then
 * it is put back.
 * @param {string} path
 * @param {string | undefined} holder
 */
function takeAway(path, holder) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  if (readHolder(aside) === holder) rmSync(aside);
  else renameSync(aside, path);
}

/**
 * The process numbers in the lock; empty when not written yet, undefined when the lock is gone.
 * @param {string} path
 */
function readHolder(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {unknown} error */
function errorCode(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
