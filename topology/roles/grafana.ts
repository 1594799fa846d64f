// Grafana, open to every local user: no sign-in, no sign-up, nothing to change, and no requests to
// the outside.

import { PROMETHEUS_PORT } from "./prometheus.ts";
import type { WatcherRoleSpec } from "./role.ts";
import { SCRATCH } from "./sandbox.ts";

export const grafana = {
  image: "grafana",
  command: () => [],
  environment: (addressOf) => ({
    RTTLAB_PROMETHEUS: `http://${addressOf("prometheus")}:${PROMETHEUS_PORT}`,
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
  }),
  hasMetrics: false,
  readyMessage: "HTTP Server Listen",
  user: "472:0", // that of Grafana's own image
  memoryBytes: 512 * 1024 ** 2,
  pidsLimit: 128,
  tmpfs: { "/var/lib/grafana": "rw,nosuid,nodev,size=256m,uid=472,gid=0,mode=0770", "/tmp": SCRATCH },
  page: { port: 3000, healthPath: "api/health" },
} satisfies WatcherRoleSpec;
