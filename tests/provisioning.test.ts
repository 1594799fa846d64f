// Grafana's provisioning, as far as it can be checked without Grafana: its files name what the
// plan, the image and the dashboards have.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { parse } from "yaml";
import { DASHBOARDS } from "../grafana/dashboards/table.ts";
import { SCRAPE_SECONDS } from "../grafana/live/interpolate.js";
import { planUp } from "../topology/plan/plan.ts";
import { NOTHING } from "../topology/plan/simulation.ts";
import { readScenario } from "../topology/scenarios/read-scenario.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const { datasources } = parse(read("grafana/provisioning/datasources/prometheus.yml"));
const { providers } = parse(read("grafana/provisioning/dashboards/rttlab.yml"));
const scenario = await readScenario("lan");
const grafana = planUp(scenario, { ...NOTHING, hasGrafana: true })
  .steps.flatMap(({ action }) => (action.op === "create-container" ? [action.container] : []))
  .find(({ labels }) => labels["rttlab.role"] === "grafana");

it("the one data source is the one that every panel names, at the address that the container receives", () => {
  assert.equal(datasources.length, 1);
  const used = Object.keys(DASHBOARDS).flatMap((name) => [
    ...read(`grafana/generated/${name}.generated.json`).matchAll(/"uid": "(rttlab-prometheus|[^"]*prometheus[^"]*)"/g),
  ]);
  assert.ok(used.length > 20);
  for (const [, uid] of used) assert.equal(uid, datasources[0].uid);
  assert.equal(datasources[0].url, "$RTTLAB_PROMETHEUS");
  assert.match(grafana?.environment.RTTLAB_PROMETHEUS ?? "", /^http:\/\/[\d.]+:9090$/);
});

it("the scrape interval is one and the same for Prometheus, Grafana and the live page", () => {
  assert.equal(parse(read("prometheus.yml")).global.scrape_interval, `${SCRAPE_SECONDS}s`);
  assert.equal(datasources[0].jsonData.timeInterval, `${SCRAPE_SECONDS}s`);
});

it("dashboards are where the image puts them, and the home dashboard is one of them", () => {
  const [, destination] = /^COPY grafana\/generated (\S+)$/m.exec(read("images/grafana/Dockerfile")) ?? [];
  assert.equal(providers[0].options.path, destination);
  const home = grafana?.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? "";
  assert.equal(home, `${destination}/${Object.keys(DASHBOARDS)[0]}.generated.json`);
  assert.match(read("images/grafana/Dockerfile"), /^COPY grafana\/provisioning \/etc\/grafana\/provisioning$/m);
});

it("every dashboard is among those that are put there, and nothing else is", () => {
  const names = Object.keys(DASHBOARDS).map((name) => `${name}.generated.json`);
  assert.deepEqual(readdirSync(join(ROOT, "grafana", "generated")).sort(), names.sort());
  assert.ok(names.includes("rudp.generated.json"));
});

it("nobody needs to sign in, nobody can sign up, and nothing outside is asked", () => {
  const settings = grafana?.environment ?? {};
  for (const [name, value] of Object.entries({
    GF_AUTH_ANONYMOUS_ENABLED: "true",
    GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
  })) {
    assert.equal(settings[name], value, name);
  }
});
