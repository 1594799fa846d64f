// What watches a testbed: Prometheus, which asks every service once a second and serves the live page, and `usage`, which
// tells what every container takes. Both are on the management network alone, and are wired so that they cannot leave it.

import { METRICS_PORT } from "../../lib/contract/places.ts";
import { type Watcher, watcherKey } from "../model/capacity.ts";
import type { Publishable, Topology } from "../model/topology.ts";
import { sealed } from "./digest.ts";
import type { Layout } from "./layout.ts";
import { dockerName, labelsOf, MANAGEMENT, watcherName, wiringName } from "./names.ts";
import type { Observed, ObservedContainer } from "./observed.ts";
import type { ContainerSpec, VolumeSpec, WatchSpec, WiringSpec } from "./step.ts";
import { CONGESTION_CONTROL } from "./tcp.ts";

export const PROMETHEUS_PORT = 9090;
/** Where Prometheus keeps its data, and finds its targets. */
export const DATA_FOLDER = "/prometheus";
export const TARGETS_FILE = `${DATA_FOLDER}/targets/rttlab.json`;
/** A day of 10,000 series a second takes about 1.5 GB; a testbed of this size has 2,000. */
const RETENTION = ["--storage.tsdb.retention.time=1d", "--storage.tsdb.retention.size=1GB"];

/** Grafana's own image; tried by `up`, done without where it cannot be pulled. */
export const GRAFANA_IMAGE = "grafana/grafana:12.2.0";
const GRAFANA_PORT = 3000;
/** The user of that image. */
const GRAFANA_USER = "472:0";

const USER = "1000:1000";
const CONTROL = "rw,nosuid,nodev,noexec,size=1m,uid=1000,gid=1000,mode=0700";
const SCRATCH = "rw,nosuid,nodev,noexec,size=16m,mode=1777";

/** The watchers' containers, published at these ports of 127.0.0.1. */
export function watcherSpecs(
  { name: scenario }: Topology,
  layout: Layout,
  observed: Observed,
  ports: Record<Publishable, number>,
): ContainerSpec[] {
  return [
    prometheusSpec(scenario, layout, observed, ports.prometheus),
    usageSpec(scenario, layout, observed),
    ...(observed.hasGrafana ? [grafanaSpec(scenario, layout, observed, ports.grafana)] : []),
  ];
}

function prometheusSpec(scenario: string, layout: Layout, { imageTags }: Observed, hostPort: number): ContainerSpec {
  return sealed({
    ...watcher(scenario, "prometheus", layout),
    image: imageTags.prometheus,
    command: [
      "prometheus",
      "--config.file=/rttlab/prometheus.yml",
      `--storage.tsdb.path=${DATA_FOLDER}/data`,
      ...RETENTION,
      "--web.user-assets=/rttlab/live",
      `--web.page-title=rttlab ${scenario}`,
      "--log.format=json",
    ],
    environment: {},
    readyMessage: "Server is ready to receive web requests.",
    mounts: [{ source: { volume: volumeSpec(scenario).name }, target: DATA_FOLDER, readOnly: false }],
    tmpfs: {},
    memoryBytes: 512 * 1024 ** 2,
    ports: [{ containerPort: PROMETHEUS_PORT, hostPort }],
  });
}

/** It reads what the kernel counts, and has no rights but to read it (docs/decisions/0005-container-usage.md). */
function usageSpec(scenario: string, layout: Layout, { imageTags }: Observed): ContainerSpec {
  return sealed({
    ...watcher(scenario, "usage", layout),
    image: imageTags.host,
    command: ["node", "--max-old-space-size=24", "--max-semi-space-size=1", "/rttlab/services/usage/main.ts"],
    environment: { RTTLAB_MGMT_ADDRESS: layout.addressOf(watcherKey("usage"), MANAGEMENT) },
    mounts: [
      { source: { path: "/sys/fs/cgroup" }, target: "/host/cgroup", readOnly: true },
      { source: { path: "/proc" }, target: "/host/proc", readOnly: true },
    ],
    seesMachineCgroups: true,
    tmpfs: { "/run/rttlab": CONTROL, "/tmp": SCRATCH },
    memoryBytes: 128 * 1024 ** 2,
    ports: [],
  });
}

/** For whoever opens it: no sign-in, no sign-up, nothing to change; and it asks nobody outside for anything. */
function grafanaSpec(scenario: string, layout: Layout, { imageTags }: Observed, hostPort: number): ContainerSpec {
  const prometheus = layout.addressOf(watcherKey("prometheus"), MANAGEMENT);
  return sealed({
    ...watcher(scenario, "grafana", layout),
    image: imageTags.grafana,
    command: [],
    environment: {
      RTTLAB_PROMETHEUS: `http://${prometheus}:${PROMETHEUS_PORT}`,
      GF_AUTH_ANONYMOUS_ENABLED: "true",
      GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
      GF_AUTH_BASIC_ENABLED: "false",
      GF_AUTH_DISABLE_LOGIN_FORM: "true",
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
      GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: "false",
      GF_NEWS_NEWS_FEED_ENABLED: "false",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
      GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: "/rttlab/dashboards/testbed.generated.json",
      GF_LOG_MODE: "console",
      GF_LOG_CONSOLE_FORMAT: "json",
    },
    readyMessage: "HTTP Server Listen",
    user: GRAFANA_USER,
    tmpfs: { "/var/lib/grafana": "rw,nosuid,nodev,size=256m,uid=472,gid=0,mode=0770", "/tmp": SCRATCH },
    memoryBytes: 512 * 1024 ** 2,
    pidsLimit: 128,
    ports: [{ containerPort: GRAFANA_PORT, hostPort }],
  });
}

export function volumeSpec(scenario: string): VolumeSpec {
  return {
    name: `${watcherName(scenario, "prometheus")}.data`,
    labels: labelsOf(scenario, "prometheus", "prometheus"),
  };
}

/** No routes beyond the management network, no default route; its gateway stays, for published ports answer through it. */
export function watcherWiring(container: ContainerSpec, { imageTags }: Observed): WiringSpec {
  const { name, labels } = container;
  return sealed({
    name: wiringName(name),
    container: name,
    image: imageTags.host,
    labels: labelsOf(labels["rttlab.scenario"] ?? "", "wiring", labels["rttlab.name"] ?? ""),
    routes: [],
    congestionControl: CONGESTION_CONTROL,
    blackholes: [],
    dataAddresses: [],
  });
}

/** Whom Prometheus asks, and whose usage is told: every host and link, and the watchers themselves. */
export function watchSpec(
  { name: scenario, hosts, links }: Topology,
  layout: Layout,
  watchers: readonly ContainerSpec[],
): WatchSpec {
  return {
    scenario,
    prometheus: watcherName(scenario, "prometheus"),
    usage: watcherName(scenario, "usage"),
    members: [
      ...[...hosts, ...links.map(({ name }) => ({ name, role: "link" }))].map(({ name, role }) => ({
        host: name,
        role,
        container: dockerName(scenario, name),
        address: layout.addressOf(name, MANAGEMENT),
      })),
      ...watchers.map(({ name, labels, attachments: [own] }) => {
        const role = labels["rttlab.role"] ?? "";
        return { host: role, role, container: name, address: role === "usage" ? (own?.address ?? null) : null };
      }),
    ],
  };
}

/** Prometheus' targets as its file has them (file_sd), the same text each time. */
export function targetsText({ scenario, members }: WatchSpec): string {
  const targets = members.flatMap(({ host, role, address }) =>
    address === null ? [] : [{ targets: [`${address}:${METRICS_PORT}`], labels: { scenario, host, role } }],
  );
  return `${JSON.stringify(targets, null, 1)}\n`;
}

/** Who each watched container is, as far as that can change: its process. What `usage` holds is compared with it. */
export function processesText(watched: readonly { host: string; id: string; pid: number }[]): string {
  return watched.map(({ host, id, pid }) => `${host} ${id} ${pid}`).join("\n");
}

/** Why the watchers must be told (again) whom to watch, or null when what they hold is right. */
export function reasonToWatch(
  spec: WatchSpec,
  containers: ReadonlyMap<string, ObservedContainer>,
  made: ReadonlyMap<string, string>,
): string | null {
  if (made.has(spec.prometheus) || made.has(spec.usage)) return "they are made anew and know nobody";
  if (spec.members.some(({ container }) => made.has(container))) return "containers are made anew";
  if (containers.get(spec.prometheus)?.watching !== targetsText(spec)) return "Prometheus holds other targets";
  const now = spec.members.flatMap(({ host, container }) => {
    const process = containers.get(container)?.process;
    return process === undefined || process === null ? [] : [{ host, ...process }];
  });
  return containers.get(spec.usage)?.watching === processesText(now) ? null : "`usage` watches other containers";
}

function watcher(scenario: string, role: Watcher, layout: Layout) {
  return {
    name: watcherName(scenario, role),
    hostname: role,
    labels: labelsOf(scenario, role, role),
    attachments: [
      { network: dockerName(scenario, MANAGEMENT), address: layout.addressOf(watcherKey(role), MANAGEMENT) },
    ],
    extraHosts: {},
    sysctls: { "net.ipv6.conf.all.disable_ipv6": "1" },
    user: USER,
    capabilities: [],
    pidsLimit: 64,
  };
}
