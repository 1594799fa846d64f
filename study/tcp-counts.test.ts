import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { readTcpCounts, TCP_COUNTER_FILES } from "./tcp-counts.ts";

it("loss events are recoveries, repaired tails and time-outs, whatever other counters a kernel has", () => {
  const text = [
    "TcpExt: SyncookiesSent TCPRenoRecovery TCPSackRecovery TCPTimeouts TCPLossProbes TCPLossProbeRecovery",
    "TcpExt: 0 2 30 4 50 6",
    "IpExt: InNoRoutes",
    "IpExt: 7",
    "Ip: Forwarding OutRequests",
    "Ip: 1 900",
    "Tcp: RtoAlgorithm MaxConn OutSegs RetransSegs",
    "Tcp: 1 -1 1000 40",
  ].join("\n");
  assert.deepEqual(readTcpCounts(text), { lossEvents: 42, timeouts: 4, resentSegments: 40 });
});

it("this kernel has the counters by these names", { skip: process.platform !== "linux" }, () => {
  const [netstat = "", snmp = ""] = TCP_COUNTER_FILES.map((path) => readFileSync(path, "utf8"));
  for (const name of ["TCPSackRecovery", "TCPRenoRecovery", "TCPLossProbeRecovery", "TCPTimeouts"]) {
    assert.ok(netstat.includes(` ${name} `), name);
  }
  assert.ok(snmp.includes(" RetransSegs "));
});
