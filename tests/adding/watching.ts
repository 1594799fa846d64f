// A dashboard, a panel type and a metric, seen in what `npm run generate` makes of them.

import assert from "node:assert/strict";
import { type Addition, assertIncludes, load } from "./addition.ts";

export const dashboard: Addition = {
  what: "dashboard",
  file: {
    path: "grafana/dashboards/added.ts",
    text: `// Nothing but the queues.

import { frame } from "./frame.ts";
import { linkQueue } from "./links.ts";

export function added() {
  const hostsOf = "rttlab_link_queue_packets";
  return frame({ name: "added", title: "Added", description: "Queues.", hostsOf })
    .withPanel(linkQueue('scenario="$scenario"'))
    .build();
}
`,
  },
  line: {
    in: "grafana/dashboards/table.ts",
    import: 'import { added } from "./added.ts";',
    after: "export const DASHBOARDS: Readonly<Record<string, () => Dashboard>> = {",
    text: " added,",
  },
  async works(root) {
    const { generatedFiles } = await load(root, "grafana/generate.ts");
    const files: [string, string][] = Object.entries(await generatedFiles());
    const [, json] = files.find(([path]) => path.endsWith("added.generated.json")) ?? assert.fail("no dashboard");
    assertIncludes(json, "rttlab_link_queue_packets");
    const [, list] = files.find(([path]) => path.endsWith("dashboards.generated.json")) ?? assert.fail("no list");
    assertIncludes(list, '"added"');
  },
};

export const panelType: Addition = {
  what: "type of panel on the live page",
  file: {
    path: "grafana/live/panels/clock.js",
    text: `// The time of day.

/** @import { CreateView } from "../types.d.ts" */

/** @type {CreateView} */
export const createClock = (_panel, body) => ({
  update() {
    body.textContent = new Date().toISOString();
    return true;
  },
  destroy() {},
});
`,
  },
  line: {
    in: "grafana/live/panels/types.js",
    import: 'import { createClock } from "./clock.js";',
    after: "export const PANEL_TYPES = {\n",
    text: "  clock: createClock,\n",
  },
  async works(root) {
    const { createClock } = await load(root, "grafana/live/panels/clock.js");
    const body = { textContent: "" };
    assert.equal(createClock({}, body).update(), true);
    assert.match(body.textContent, /^\d{4}-/);
  },
};

export const metric: Addition = {
  what: "metric",
  line: {
    in: "services/server/accounting/metrics.ts",
    after: '  define("connections", "gauge", "Connections open", single("openConnections"));\n',
    text: '  define("added", "gauge", "Always three", () => [{ value: 3, labels: { structure } }]);\n',
  },
  async works(root) {
    const { createMetrics } = await load(root, "services/server/accounting/metrics.ts");
    assertIncludes(await createMetrics("event", "net", []).metrics(), 'rttlab_http_added{structure="event"} 3');
    const { metricsPage } = await load(root, "grafana/metrics-page.ts");
    assertIncludes(await metricsPage(), "| `rttlab_http_added` | gauge | `structure` | Always three |");
  },
};
