// Debian's Chromium, driven by playwright-core. It decides itself how many connections it opens to
// a server, up to six, and no option changes that; so requests are held back here to come one at a
// time.

import { chromium, type Page } from "playwright-core";
import { type Order, PAGE_STATE, type Visit } from "./page.ts";

export async function visitWithChromium(url: string, order: Order): Promise<Visit> {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
  const page = await browser.newPage();
  if (order === "in-turn") await takeTurns(page);
  await page.goto(url, { waitUntil: "load" });
  const state = JSON.parse(await page.evaluate<string>(PAGE_STATE));
  await browser.close();
  return { browser: browser.version(), ...state };
}

async function takeTurns(page: Page): Promise<void> {
  let before = Promise.resolve();
  await page.route("**/*", async (route) => {
    const finished = Promise.withResolvers<void>();
    const turn = before;
    before = finished.promise;
    await turn;
    await route.continue();
    await (await route.request().response())?.finished();
    finished.resolve();
  });
}
