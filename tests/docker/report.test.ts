// A study's report in a real browser, opened from disk: it requests nothing, every plot draws, it
// is readable on a phone, and it prints. While the study runs, the page reloads itself.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { makeReport } from "../../analysis/report/report.ts";
import { syntheticStudy } from "../study/synthetic.ts";
import { startBrowser } from "./browser.ts";

const PLOTS = 7;

let folder: string;
let browser: Browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  browser = await startBrowser();
  const { manifest, runs } = syntheticStudy({ rtts: [10, 200], rates: [10e6, 50e6], repetitions: 6, requests: 30 });
  const finished = await makeReport(manifest, runs);
  const partial = await makeReport(manifest, runs.slice(0, 40), { state: "running" });
  await writeFile(join(folder, "report.html"), finished.files.get("report.html") as string);
  await writeFile(join(folder, "partial.html"), partial.files.get("report.html") as string);
});

after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

async function open(name: string, viewport = { width: 1100, height: 900 }) {
  const page = await browser.newPage({ viewport });
  const [complaints, asked]: [string[], string[]] = [[], []];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const { promise: askedTwice, resolve } = Promise.withResolvers<void>();
  page.on("request", (request) => {
    asked.push(request.url());
    if (asked.length === 2) resolve();
  });
  const url = pathToFileURL(join(folder, name)).href;
  await page.goto(url);
  return { page, url, complaints, asked, askedTwice };
}

describe("a report", () => {
  it("asks for nothing but itself, and complains of nothing", async () => {
    const { page, url, complaints, asked } = await open("report.html");
    await page.waitForLoadState("networkidle");
    assert.deepEqual(asked, [url]);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it("draws every plot: axes with words, and marks within the drawing", async () => {
    const { page } = await open("report.html");
    const plots = page.locator("figure:has(h3) > svg");
    assert.equal(await plots.count(), PLOTS);
    for (const plot of await plots.all()) {
      const size = await plot.boundingBox();
      assert.ok(size !== null && size.width > 300 && size.height > 150, JSON.stringify(size));
      assert.ok((await plot.locator("text").count()) > 5);
      assert.ok((await plot.locator(".role-mark path, .role-mark line, .role-mark rect").count()) > 4);
    }
    await page.close();
  });

  it("strikes a contradicted finding through where it is seen", async () => {
    const { page } = await open("report.html");
    const struck = page.locator(".finding.contradicted s");
    assert.equal(await struck.count(), 1);
    assert.ok(await struck.isVisible());
    assert.ok(await page.getByText("does not hold").first().isVisible());
    await page.close();
  });

  it("is no wider than a phone", async () => {
    const { page } = await open("report.html", { width: 390, height: 844 });
    assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth"));
    await page.close();
  });

  it("prints: pages of A4 with nothing cut off at the side", async () => {
    const { page } = await open("report.html");
    const pdf = await page.pdf({ format: "A4", margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } });
    assert.equal(pdf.subarray(0, 5).toString("latin1"), "%PDF-");
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    assert.ok(pages > 3 && pages < 40, `${pages} pages`);
    await page.emulateMedia({ media: "print" });
    // 186 mm, the width between the margins
    await page.setViewportSize({ width: 703, height: 1000 });
    assert.equal(await overflowing(page), 0);
    await page.close();
  });

  it("of a running study says so and loads itself anew", { timeout: 60_000 }, async () => {
    const { page, url, asked, askedTwice } = await open("partial.html");
    assert.match((await page.getByRole("status").textContent()) ?? "", /40 of 192 runs so far/);
    await askedTwice;
    assert.deepEqual(asked.slice(0, 2), [url, url]);
    await page.close();
  });
});

/** Tables and drawings that exceed the page's width. */
function overflowing(page: Page): Promise<number> {
  return page.evaluate<number>(
    "[...document.querySelectorAll('table, svg')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).length",
  );
}
