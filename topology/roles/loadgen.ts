// A host that loads servers (services/loadgen).

import type { HostRoleSpec } from "./role.ts";

/**
 * Two users who read a page of 10 KiB, each about twice a second: at most 330 kbit/s, whatever the
 * delay.
 */
const GENTLE = { path: "/files/10KiB", httpVersion: "1.1", users: 2, thinkMillis: 500, timeoutMillis: 10_000 } as const;

export const loadgen = {
  image: "loadgen",
  command: ["node", "/rttlab/services/loadgen/main.ts"],
  environment: {},
  mayBeWithin: true,
  hasMetrics: true,
  endpoint: null,
  background: { asks: "http", load: (target) => ({ target, ...GENTLE }), status: "loadgen.status" },
} satisfies HostRoleSpec;
