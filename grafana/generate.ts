// Files generated from dashboards and metrics and committed beside them: the JSON that Grafana
// provisions and the live page draws, the page's list of dashboards, and docs/metrics.md.

import { join } from "node:path";
import { DASHBOARDS } from "./dashboards/table.ts";
import { metricsPage } from "./metrics-page.ts";

const FOLDER = join(import.meta.dirname, "generated");
/** Outside FOLDER, of which Grafana provisions every file. */
const LIST = join(import.meta.dirname, "live", "dashboards.generated.json");
const PAGE = join(import.meta.dirname, "..", "docs", "metrics.md");

/** The content of every generated file, by path. */
export async function generatedFiles(): Promise<Record<string, string>> {
  const dashboards = Object.entries(DASHBOARDS).map(([name, make]) => ({ name, dashboard: make() }));
  const list = dashboards.map(({ name, dashboard }) => ({ name, title: dashboard.title }));
  const numbered = dashboards.map(({ name, dashboard }) => {
    const panels = (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
    return [join(FOLDER, `${name}.generated.json`), json({ ...dashboard, panels })];
  });
  return {
    ...Object.fromEntries(numbered),
    [LIST]: json(list),
    [PAGE]: await metricsPage(),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
