// A host that serves: HTTP, with a generated site, or echo (services/server).

import { HTTP_PORT } from "../../lib/contract/places.ts";
import type { HostRoleSpec } from "./role.ts";

export const server = {
  image: "host",
  command: ["node", "/rttlab/services/server/main.ts"],
  environment: { RTTLAB_SITE_SEED: "1" },
  hasMetrics: true,
  endpoint: { name: "http", port: HTTP_PORT, describe: (host) => `http://${host}/` },
  background: null,
} satisfies HostRoleSpec;
