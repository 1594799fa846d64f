// A RUDP endpoint, which serves transfers and makes them (services/rudp).

import { RUDP_PORT } from "../../lib/contract/places.ts";
import type { HostRoleSpec } from "./role.ts";

/**
 * 200 kB every two seconds plus their duration: under 1 Mbit/s, and a window that visibly grows.
 */
const GENTLE = { bytes: 200_000, pauseMillis: 2000 } as const;

export const rudp = {
  image: "rudp",
  command: ["node", "/rttlab/services/rudp/main.ts"],
  environment: {},
  mayBeWithin: true,
  hasMetrics: true,
  endpoint: () => ({ name: "rudp", port: RUDP_PORT, describe: (host, port) => `${host}:${port}` }),
  background: { asks: "rudp", load: (target) => ({ target, ...GENTLE }), status: "rudp.status" },
} satisfies HostRoleSpec;
