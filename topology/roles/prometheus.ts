// Prometheus, which scrapes every service once a second and serves the live page.

import type { WatcherRoleSpec } from "./role.ts";

/** The place of its data and targets. */
const DATA_FOLDER = "/prometheus";
export const TARGETS_FILE = `${DATA_FOLDER}/targets/rttlab.json`;
/** The image's live page has a link to it (images/prometheus/Dockerfile). */
export const PICTURE_FILE = `${DATA_FOLDER}/picture.svg`;
export const PROMETHEUS_PORT = 9090;
/** A day of 10,000 series per second takes about 1.5 GB; a testbed of this size has 2,000. */
const RETENTION = ["--storage.tsdb.retention.time=1d", "--storage.tsdb.retention.size=1GB"];

export const prometheus = {
  image: "prometheus",
  command: (scenario) => [
    "prometheus",
    "--config.file=/rttlab/prometheus.yml",
    `--storage.tsdb.path=${DATA_FOLDER}/data`,
    ...RETENTION,
    "--web.user-assets=/rttlab/live",
    `--web.page-title=rttlab ${scenario}`,
    "--log.format=json",
  ],
  environment: () => ({}),
  hasMetrics: false,
  readyMessage: "Server is ready to receive web requests.",
  user: "1000:1000",
  memoryBytes: 512 * 1024 ** 2,
  pidsLimit: 64,
  tmpfs: {},
  keeps: DATA_FOLDER,
  page: { port: PROMETHEUS_PORT, healthPath: "-/ready" },
} satisfies WatcherRoleSpec;
