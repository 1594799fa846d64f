// The end that a transfer goes to, as requests name it.

import { text } from "../../../lib/fields/kinds.ts";

export const TARGET = text("host:port, by name or IPv4 address: RUDP runs over IPv4 only", (target) =>
  /^[^:]+:\d+$/.test(target),
);
