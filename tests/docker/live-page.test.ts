// The live page in a real browser, over a running testbed: every panel of every dashboard draws, a
// changed link shows within seconds, nothing is fetched from elsewhere, the console stays empty,
// and the page works by keyboard and on a phone.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { connectDocker } from "../../topology/apply/docker.ts";
import { reportProgress } from "../../topology/testbed/testbed.ts";
import { startBrowser } from "./browser.ts";
import { rttlab, topology, topologyJson } from "./cli.ts";
import { execIn } from "./engine.ts";
import { STUDY_PROGRESS } from "./study-progress.ts";

const SCENARIO = "live-test";
const FILE = `title: Something to see
networks: {left: {}, right: {}}
hosts:
  server: {role: server, on: right, structure: prethread}
  load-a: {role: loadgen, on: left}
  rudp-sink: {role: rudp, on: right}
  rudp-a: {role: rudp, on: left}
links:
  wan: {between: [left, right], rtt: 20ms, rate: 50mbit}
`;
const DASHBOARDS = ["testbed", "server", "load", "rudp", "study"];
/** So tall that every panel is in sight at once. */
const TALL = { width: 1400, height: 4000 };

let folder: string;
let browser: Browser;
let live: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  await writeFile(join(folder, `${SCENARIO}.yaml`), FILE);
  browser = await startBrowser();
  await topology("up", join(folder, `${SCENARIO}.yaml`), "uncalibrated");
  const { urls } = await topologyJson("status", SCENARIO);
  live = urls.live ?? "";
  await reportProgress({ engine: await connectDocker(), scenario: SCENARIO }, STUDY_PROGRESS);
});

after(async () => {
  await browser?.close();
  await rttlab("topology", "down", SCENARIO);
  await rm(folder, { recursive: true });
});

/** A page, with its console messages and requests so far. */
async function open(fragment = "", viewport = TALL): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
  const page = await browser.newPage({ viewport, colorScheme: "dark" });
  const [complaints, asked]: [string[], string[]] = [[], []];
  page.on("console", (message) => {
    // Containers of others that come and go change the machine's networks, and Chromium complains;
    // the page repeats its request.
    if (!message.text().includes("ERR_NETWORK_CHANGED")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${live}#${fragment}`);
  return { page, complaints, asked };
}

const panel = (page: Page, title: string) => page.locator(`.panel[aria-label="${title}"]`);

describe("the live page", () => {
  for (const dashboard of DASHBOARDS) {
    it(`draws every panel of ${dashboard}, asks no other origin, and complains of nothing`, async () => {
      // Refused and failed has nothing to draw until a request is refused.
      await execIn(`rttlab-${SCENARIO}-load-a`, "curl", "-s", "http://server/there-is-no-such-file");
      const { page, complaints, asked } = await open(`${dashboard}?range=60`);
      await page.waitForFunction(() => {
        const panels = [...document.querySelectorAll<HTMLElement>(".panel")];
        return panels.length > 5 && panels.every((each) => each.dataset.state === "data");
      });
      for (const plot of await page.locator(".plot canvas").all()) {
        assert.ok((await plot.evaluate(coloured)) > 50, "a plot holds more than its axes");
      }
      for (const text of await page.locator(".body strong, .body b, td").allTextContents()) {
        assert.notEqual(text, "", "every number is written");
      }
      assert.deepEqual(complaints, []);
      const origins = new Set(asked.map((url) => new URL(url).origin));
      assert.deepEqual([...origins], [new URL(live).origin]);
      await page.close();
    });
  }

  it("shows a link changed by set within 5 s, and marks the moment", async () => {
    const { page } = await open("testbed");
    const table = panel(page, "Link settings");
    await table.getByText("10 ms").first().waitFor();
    await topology("set", `${SCENARIO}/wan`, "delay=35ms");
    await table.getByText("35 ms").first().waitFor({ timeout: 5000 });
    await page.getByText("wan: settings applied").waitFor();
    await page.close();
  });

  it("shows only the hosts that are chosen, and keeps the choice in its address", async () => {
    const { page } = await open("testbed");
    await panel(page, "CPU").getByRole("button", { name: "load-a" }).waitFor();
    await page.locator("summary").click();
    await page.getByRole("checkbox", { name: "server" }).check();
    await panel(page, "CPU").getByRole("button", { name: "load-a" }).waitFor({ state: "detached" });
    assert.match(page.url(), /host=server/);
    await page.reload();
    await panel(page, "CPU").getByRole("button", { name: "server" }).waitFor();
    assert.equal(await panel(page, "CPU").getByRole("button", { name: "load-a" }).count(), 0);
    await page.close();
  });

  it("can be used by keyboard: dashboards, panels, range, pause, theme", async () => {
    const { page, asked } = await open("testbed");
    await panel(page, "CPU").waitFor();
    await page.keyboard.press("2");
    await panel(page, "Requests by status").waitFor();
    await page.keyboard.press("j");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Requests");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    assert.match((await panel(page, "Median latency").getAttribute("class")) ?? "", /large/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("+");
    await page.waitForURL(/range=900/);
    await page.keyboard.press("t");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
    await page.keyboard.press("p");
    await page.getByRole("button", { name: "Go on" }).waitFor();
    await page.locator("#panels[aria-busy=false]").waitFor();
    const before = asked.length;
    await page.waitForTimeout(4500); // two refreshes that must not come
    assert.equal(asked.length, before, "a paused page asks nothing");
    await page.close();
  });

  it("is readable on a phone: one column, nothing wider than the screen", async () => {
    const { page } = await open("testbed", { width: 390, height: 844 });
    await panel(page, "Targets").waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    const edges = await page
      .locator(".panel")
      .evaluateAll((panels) => panels.map((one) => one.getBoundingClientRect().x));
    assert.equal(new Set(edges).size, 1);
    await page.close();
  });

  it("says of a panel of a type that it does not know that it does not draw it", async () => {
    const { page } = await open("server");
    await page.route("**/testbed.generated.json", async (route) => {
      const dashboard = await (await route.fetch()).json();
      dashboard.panels[1].type = "piechart";
      await route.fulfill({ json: dashboard });
    });
    await page.getByRole("link", { name: "Testbed" }).click();
    await page.getByText('does not draw panels of type "piechart"').waitFor();
    await page.close();
  });

  it("says plainly that the testbed is down, when it is", async () => {
    const { page } = await open("testbed");
    await panel(page, "Targets").getByText("server").first().waitFor();
    await topology("down", SCENARIO);
    await page.getByRole("alert").getByText("the testbed is down").waitFor();
    await page.close();
  });
});

/**
 * Pixels of a canvas that are neither empty nor grey: axes, grid and text are grey, lines and cells
 * are not.
 */
function coloured(canvas: Element): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const context = (canvas as HTMLCanvasElement).getContext("2d");
  const pixels = context?.getImageData(0, 0, width, height).data ?? [];
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = [pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3]];
    if (alpha > 40 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count += 1;
  }
  return count;
}
