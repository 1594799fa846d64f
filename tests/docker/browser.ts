// A real browser for tests of pages: Debian's Chromium, installed if it is missing and may be.

import { access } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";
import { runBounded } from "./child.ts";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts the browser. Rejects with what to do if there is none and none can be installed. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = (await installed()) ?? (await install());
  // Chromium refuses its sandbox to root, which tests in a container are.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

async function installed(): Promise<string | undefined> {
  for (const path of PATHS) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return undefined;
}

async function install(): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const words = ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
  const lock = ["-o", "DPkg::Lock::Timeout=300"];
  await runBounded("apt-get", [...lock, "update"], { env }).catch(() => {});
  await runBounded("apt-get", [...lock, ...words], { env }).catch(() => {});
  const path = await installed();
  if (path === undefined) throw new Error("no Chromium here: on Debian or Ubuntu `sudo apt-get install chromium`");
  return path;
}
