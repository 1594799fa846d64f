// The live page in a real browser when something is missing or late: Prometheus is away, a
// dashboard comes after the next one was chosen, a line has ended, a link is silent. And by
// keyboard alone. prometheus-stand-in.ts answers in Prometheus' place.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { startBrowser } from "../docker/browser.ts";
import { type StandIn, startStandIn } from "./prometheus-stand-in.ts";

/** So tall that every panel is in sight at once. */
const TALL = { width: 1400, height: 4000 };
const LOW = { width: 1400, height: 700 };
const PHONE = { width: 390, height: 4000 };

let browser: Browser;
let prometheus: StandIn;
let page: Page;

before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());
beforeEach(async () => {
  prometheus = await startStandIn();
});
afterEach(async () => {
  await page.close();
  prometheus.stop();
});

async function open(fragment: string, viewport = TALL): Promise<void> {
  page = await browser.newPage({ viewport, colorScheme: "dark" });
  await page.goto(`${prometheus.live}#${fragment}`);
  await page.locator("#panels[aria-busy=false] .panel").first().waitFor();
}

const panel = (title: string) => page.locator(`.panel[aria-label="${title}"]`);
const titles = () => page.locator(".panel").evaluateAll((all) => all.map((one) => one.ariaLabel));
const focused = () => page.evaluate(() => document.activeElement?.textContent);
const alert = () => page.getByRole("alert");
const unreachable = () => alert().getByText("Prometheus does not answer");

describe("while Prometheus is away, the live page", () => {
  it("keeps its dashboard when another is chosen, and shows that one when Prometheus is back", async () => {
    await open("testbed");
    prometheus.isAway = true;
    await page.keyboard.press("2");
    await unreachable().waitFor();
    assert.ok((await titles()).includes("Targets"));
    prometheus.isAway = false;
    await panel("Requests by status").waitFor();
    await alert().waitFor({ state: "hidden" });
    assert.ok(!(await titles()).includes("Targets"));
  });

  it("keeps what it drew when its colours change", async () => {
    prometheus.lines = () => [{ labels: {}, at: () => 7 }];
    await open("testbed");
    await panel("Targets up").getByText("7").first().waitFor();
    prometheus.isAway = true;
    await unreachable().waitFor();
    await page.keyboard.press("t");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
    assert.equal(await panel("Targets up").getByText("7").count(), 2);
  });

  it("says so once, says of when the numbers are, and says it in sight of every panel", async () => {
    await open("testbed", LOW);
    await page.evaluate(() => {
      const place = document.querySelector("#trouble") as HTMLElement;
      const count = () => {
        place.dataset.changes = String(Number(place.dataset.changes ?? 0) + 1);
      };
      new MutationObserver(count).observe(place, { childList: true, characterData: true, subtree: true });
    });
    prometheus.isAway = true;
    await alert()
      .getByText(/is from \d/)
      .waitFor();
    await panel("Network of containers").scrollIntoViewIfNeeded();
    const { y = -1, height = 0 } = (await alert().boundingBox()) ?? {};
    assert.ok(y >= 0 && y + height <= LOW.height, `${y} to ${y + height}`);
    await page.waitForTimeout(4500); // two attempts more
    assert.equal(await alert().getAttribute("data-changes"), "1");
  });
});

describe("the live page", () => {
  it("shows the dashboard that was chosen last, also where the one before comes later", async () => {
    const { promise, resolve } = Promise.withResolvers();
    await open("testbed");
    prometheus.held = { "server.generated.json": promise };
    await page.keyboard.press("2");
    await page.keyboard.press("3");
    await panel("Failures by kind").waitFor();
    resolve(null);
    await page.locator("#panels[aria-busy=false]").waitFor();
    await page.waitForTimeout(300); // the late one, if it were drawn
    const shown = await titles();
    assert.ok(shown.includes("Failures by kind") && !shown.includes("Requests by status"), String(shown));
    await page.keyboard.press("j");
    assert.equal(await page.evaluate(() => document.activeElement?.ariaLabel), shown[0]);
  });

  it("asks for numbers of the present, whatever the range", async () => {
    await open("testbed?range=21600", PHONE);
    const times = prometheus.queries.flatMap((words) => words.get("time") ?? []);
    const old = times.filter((seconds) => Date.now() / 1000 - Number(seconds) > 5);
    assert.ok(prometheus.queries.some((words) => !words.has("step")));
    assert.deepEqual(old, []);
  });

  it("writes no value beside a line that has ended", async () => {
    const lines = [
      { labels: { host: "load-a" }, at: (ago: number) => (ago > 30 ? 1024 : null) },
      { labels: { host: "server" }, at: () => 2048 },
    ];
    prometheus.lines = (query) => (query.includes("container_memory_bytes") ? lines : []);
    await open("testbed");
    const value = (host: string) => panel("Memory").getByRole("button", { name: host }).locator("b").textContent();
    assert.equal(await value("server"), "2 KiB");
    assert.equal(await value("load-a"), "–");
  });

  it("marks no two of many lines alike in the legend", async () => {
    const lines = Array.from({ length: 20 }, (_, index) => ({ labels: { host: `host-${index}` }, at: () => index }));
    prometheus.lines = (query) => (query.includes("container_memory_bytes") ? lines : []);
    await open("testbed");
    const marks = await panel("Memory")
      .locator(".legend i")
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).style.background));
    assert.equal(new Set(marks).size, lines.length);
  });

  it("shows of a silent link that there is no data, and nothing that was", async () => {
    const labels = { link: "wan", direction: "forward" };
    const values = Object.entries({ sent_bytes: 10e6, configured_rate: 10e6, queue_packets: 5 });
    let isSilent = false;
    prometheus.lines = (query) => {
      const value = values.find(([name]) => query.includes(name))?.[1];
      return isSilent || value === undefined ? [] : [{ labels, at: () => value }];
    };
    await open("testbed");
    const words = page.locator('#picture [data-direction="forward"]');
    const line = page.locator("#picture g.lines");
    await words.getByText("queue 5").waitFor();
    assert.equal(await line.getAttribute("data-load"), "full");
    isSilent = true;
    await words.getByText("no data").waitFor();
    assert.equal(await line.getAttribute("data-load"), "idle");
  });
});

describe("by keyboard, the live page", () => {
  it("leads past its head to the panels, and stays where it is", async () => {
    await open("load?range=900");
    const address = page.url();
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "To the panels");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "panels");
    assert.equal(page.url(), address);
    assert.ok((await titles()).includes("Failures by kind"));
  });

  it("leaves the focus on what was pressed", async () => {
    await open("testbed");
    await page.getByRole("button", { name: "Dark or light" }).press("Enter");
    assert.equal(await focused(), "Dark or light");
    await page.keyboard.press("+");
    await page.waitForURL(/range=900/);
    assert.equal(await focused(), "Dark or light");
    assert.equal(await page.getByRole("combobox", { name: "Time" }).inputValue(), "900");
    await page.getByRole("link", { name: "Server" }).press("Enter");
    await panel("Requests by status").waitFor();
    assert.equal(await focused(), "Server");
    assert.equal(await page.locator("nav [aria-current=page]").textContent(), "Server");
  });

  it("reads a link of the picture aloud, and the space bar chooses it without scrolling", async () => {
    const labels = { link: "wan", direction: "backward" };
    prometheus.lines = (query) => (query.includes("sent_bytes") ? [{ labels, at: () => 2e6 }] : []);
    await open("testbed", LOW);
    const link = page.locator("#picture g.link");
    await page.locator('#picture .link[aria-label*="2 Mbit/s"]').waitFor();
    assert.match((await link.getAttribute("aria-label")) ?? "", /wan.*no data.*2 Mbit\/s/);
    assert.notEqual(await page.locator("#picture svg").getAttribute("role"), "img", "an image is read as a whole");
    const isPrevented = await link.evaluate((one) => {
      const { promise, resolve } = Promise.withResolvers();
      addEventListener("keydown", (event) => resolve(event.defaultPrevented), { once: true });
      one.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true }));
      return promise;
    });
    assert.equal(isPrevented, true);
    await page.waitForURL(/host=wan/);
  });

  it("has a name for each of its choices", async () => {
    await open("testbed");
    await page.locator("summary").press("Enter");
    const hosts = page.getByRole("group", { name: "Host or link", exact: true });
    assert.deepEqual(await hosts.getByRole("checkbox").count(), 3);
  });
});
