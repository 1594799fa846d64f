// The offloads in what ethtool prints.

import assert from "node:assert/strict";
import { it } from "node:test";
import { offloadsOf } from "./kernel-record.ts";

const PRINTED = `eth1             UP             198.18.0.2/24
Features for eth1:
rx-checksumming: off
tx-checksumming: off
\ttx-checksum-ipv4: off [fixed]
scatter-gather: on
\ttx-scatter-gather: on
tcp-segmentation-offload: off
\ttx-tcp-segmentation: off
generic-receive-offload: off
highdma: on [fixed]
eth0             UP             10.1.0.2/24
Features for eth0:
generic-receive-offload: on
`;

it("a host's offloads are those that are on, by interface, whether they can be changed or not", () => {
  const record = new Map([
    ["server.offloads.txt", PRINTED],
    ["wan.guest.offloads.txt", "Features for vec0:\ngeneric-receive-offload: off\n"],
    ["wan.qdiscs.txt", "qdisc netem 1: dev ifb0 root: on\n"],
  ]);
  assert.deepEqual(offloadsOf(record), {
    server: { eth1: ["scatter-gather", "tx-scatter-gather", "highdma"], eth0: ["generic-receive-offload"] },
    "wan.guest": { vec0: [] },
  });
});
