// Whether jitter keeps packets in their order, as on a path of queues, or lets those that it delays
// less overtake others, as over several paths. Source: docs/link.md.

import type { DirectionField } from "../field.ts";

const ORDERS = ["kept", "free"] as const;

export const order: DirectionField<(typeof ORDERS)[number]> = {
  key: "order",
  range: "kept, or free, so that jitter lets packets overtake others",
  pattern: `^(${ORDERS.join("|")})$`,
  none: "kept",
  parse: (text) => ORDERS.find((known) => known === text.trim()),
  format: (value) => value,
  conflict(value, { jitterMillis }) {
    if (value === "kept" || jitterMillis > 0) return undefined;
    return {
      message: "order free is given without jitter, so no packet overtakes another",
      allowed: "order beside jitter, or reordering",
    };
  },
};
