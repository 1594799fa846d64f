// The dashboards as data: current, complete, with existing metrics and with units that the live
// page knows.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { FAILURE_KINDS, PHASES } from "../lib/contract/load/load.ts";
import { DASHBOARDS } from "./dashboards/table.ts";
import { generatedFiles } from "./generate.ts";
import { knowsUnit } from "./live/format.js";
import { parseLabelValues } from "./live/interpolate.js";
import { parseMetrics } from "./metrics-page.ts";

const files = await generatedFiles();
const dashboards = Object.entries(DASHBOARDS).map(([name, make]) => ({ name, dashboard: make() }));
// The SDK types panels of all kinds at once; all of them have these fields.
const panels = dashboards.flatMap(({ name, dashboard }) =>
  (dashboard.panels ?? []).map((panel) => ({ name: `${name}: ${panel.title}`, panel: panel as unknown as PanelJson })),
);
const drawn = panels.filter(({ panel }) => panel.type !== "row");

interface PanelJson {
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat?: string; instant?: boolean }[];
  fieldConfig?: { defaults: { unit?: string }; overrides: { properties: { id: string; value?: unknown }[] }[] };
  options?: { yAxis?: { unit?: string } };
}

describe("what is generated", () => {
  for (const [path, content] of Object.entries(files)) {
    it(`is in step with its code: ${path.split("/").at(-1)}`, async () => {
      assert.equal(await readFile(path, "utf8"), content, "run npm run generate");
    });
  }
});

describe("every dashboard", () => {
  it("has variables for scenario and host that the live page understands, and marks runs and link changes", () => {
    for (const { name, dashboard } of dashboards) {
      const variables = dashboard.templating?.list ?? [];
      assert.deepEqual(
        variables.map((variable) => variable.name),
        ["scenario", "host"],
        name,
      );
      for (const { query } of variables) assert.ok(parseLabelValues(query as string), `${name}: ${query}`);
      assert.deepEqual(
        dashboard.annotations?.list?.map((annotation) => annotation.name),
        ["Runs", "Link changes"],
      );
    }
  });

  it("has an address of its own", () => {
    assert.equal(new Set(dashboards.map(({ dashboard }) => dashboard.uid)).size, dashboards.length);
  });
});

describe("every panel", () => {
  it("says how to read it", () => {
    for (const { name, panel } of drawn) assert.ok((panel.description ?? "").length > 20, name);
  });

  it("has a unit that the live page knows", () => {
    for (const { name, panel } of drawn) {
      const overridden = (panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) => properties);
      const units = [
        panel.fieldConfig?.defaults.unit ?? panel.options?.yAxis?.unit,
        ...overridden.filter(({ id }) => id === "unit").map(({ value }) => value as string),
      ].filter((unit) => unit !== undefined);
      assert.ok(units.length > 0, name);
      for (const unit of units) assert.ok(knowsUnit(unit), `${name}: ${unit}`);
    }
  });

  it("names its series, and asks only for the scenario and hosts that are chosen", () => {
    for (const { name, panel } of drawn) {
      assert.ok((panel.targets ?? []).length > 0, name);
      for (const { expr, legendFormat } of panel.targets ?? []) {
        assert.ok(panel.type === "table" || legendFormat, name);
        for (const [selector] of expr.matchAll(/\{[^}]*\}/g)) assert.match(selector, /scenario="\$scenario"/, name);
      }
    }
  });

  it("that shows the latest values takes them from seconds, whatever the range", () => {
    const latest = drawn.flatMap(({ panel }) => panel.targets ?? []).filter(({ instant }) => instant);
    assert.ok(latest.length > 20);
    for (const { expr } of latest) assert.doesNotMatch(expr, /\$__/, "Grafana's windows grow with the range");
  });

  it("that draws the first few lines chooses them once, at the end, and not anew at each moment", () => {
    const ranked = drawn
      .flatMap(({ panel }) => panel.targets ?? [])
      .filter(({ expr, instant }) => expr.includes("topk") && !instant);
    assert.ok(ranked.length > 0);
    for (const { expr } of ranked) assert.match(expr, /topk\([^()]* @ end\(\)\)/);
  });

  it("lies within the 24 columns and on no other", () => {
    for (const { dashboard } of dashboards) {
      const places = (dashboard.panels ?? []).map(({ gridPos }) => gridPos as PanelJson["gridPos"]);
      for (const [index, { x, y, w, h }] of places.entries()) {
        assert.ok(x + w <= 24);
        const over = places
          .slice(index + 1)
          .find((other) => x < other.x + other.w && other.x < x + w && y < other.y + other.h && other.y < y + h);
        assert.equal(over, undefined, `${dashboard.title}: panel ${index + 1}`);
      }
    }
  });
});

it("every container can be chosen on Testbed, also one without metrics of its own", () => {
  const [, host] = dashboards.find(({ name }) => name === "testbed")?.dashboard.templating?.list ?? [];
  for (const metric of ["up", "rttlab_container_memory_bytes"])
    assert.match(host?.query as string, new RegExp(`[("|]${metric}[|"{]`));
});

it("every way in which a link loses or marks packets is drawn", () => {
  const exprs = drawn.flatMap(({ panel }) => panel.targets ?? []).map(({ expr }) => expr);
  for (const way of ["lost", "dropped", "marked", "missed"])
    assert.ok(
      exprs.some((expr) => expr.includes(`rttlab_link_${way}_packets_total`)),
      way,
    );
});

it("every phase of a request and every kind of failure is explained where it is drawn", () => {
  for (const [label, values] of Object.entries({ phase: PHASES, kind: FAILURE_KINDS })) {
    const shown = drawn.filter(({ panel }) =>
      (panel.targets ?? []).some(
        ({ expr, legendFormat }) => legendFormat?.includes(`{{${label}}}`) && /_latency_|_failed_/.test(expr),
      ),
    );
    assert.ok(shown.length > 0, label);
    for (const { name, panel } of shown)
      for (const value of values) assert.match(panel.description ?? "", new RegExp(`\\b${value}\\b`), name);
  }
});

it("every metric that a panel asks for is one that a service exports", () => {
  const page = files[Object.keys(files).find((path) => path.endsWith("metrics.md")) as string] as string;
  const known = new Set([...page.matchAll(/`(rttlab_\w+)`/g)].map(([, name]) => name));
  const texts = dashboards.map(({ dashboard }) => JSON.stringify(dashboard));
  const asked = new Set(texts.flatMap((text) => [...text.matchAll(/\brttlab_\w+/g)].map(([name]) => name)));
  assert.ok(asked.size > 20);
  for (const name of asked)
    assert.ok(known.has(name.replace(/_(bucket|sum|count)$/, "")), `${name} is exported by none`);
});

it("metrics are read from the text that Prometheus reads", () => {
  const text =
    '# HELP a_total An a\n# TYPE a_total counter\na_total{x="1",y="2"} 3\n\n# HELP b B\n# TYPE b histogram\nb_bucket{le="1"} 0\n';
  assert.deepEqual(parseMetrics(text), [
    { name: "a_total", type: "counter", help: "An a", labels: "`x`, `y`" },
    { name: "b", type: "histogram", help: "B", labels: "" },
  ]);
});
