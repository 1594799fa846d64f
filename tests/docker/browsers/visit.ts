// Loads a page with a real browser and prints the browser's report as JSON. Runs inside a container
// at one end of a link: `node visit.ts BROWSER ORDER URL`.

import { visitWithChromium } from "./chromium.ts";
import { visitWithFirefox } from "./firefox.ts";
import type { Order, Visit } from "./page.ts";

const BROWSERS: Readonly<Record<string, (url: string, order: Order) => Promise<Visit>>> = {
  chromium: visitWithChromium,
  firefox: visitWithFirefox,
};

if (import.meta.main) {
  const [browser = "", order, url = ""] = process.argv.slice(2);
  const visit = await BROWSERS[browser]?.(url, order as Order);
  console.log(JSON.stringify(visit));
}
