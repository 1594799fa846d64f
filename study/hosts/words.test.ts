import assert from "node:assert/strict";
import { it } from "node:test";
import { tuningWords } from "./words.ts";

it("a host gets what its cell names, and the usual value of what other cells name", () => {
  assert.deepEqual(tuningWords({ congestion: "reno" }, ["congestion", "initial-window", "hystart"]), [
    ...["route", "congctl", "reno", "initcwnd", "10"],
    ...["file", "cubic/hystart", "1"],
  ]);
});

it("a route always names its congestion control, which else would be the machine's", () => {
  assert.deepEqual(tuningWords({ "initial-window": "4" }, ["initial-window"]), [
    "route",
    "congctl",
    "cubic",
    "initcwnd",
    "4",
  ]);
});

it("a window that is not limited takes the limit of an earlier cell away", () => {
  assert.deepEqual(tuningWords({}, ["receive-window"]), [
    ...["file", "ipv4/tcp_moderate_rcvbuf", "1"],
    ...["file", "ipv4/tcp_rmem", "= 131072 ="],
  ]);
  assert.deepEqual(tuningWords({ "receive-window": "262144" }, ["receive-window"]), [
    ...["file", "ipv4/tcp_moderate_rcvbuf", "0"],
    ...["file", "ipv4/tcp_rmem", "= 417113 ="],
  ]);
  assert.deepEqual(tuningWords({ "advertised-segment": "1012" }, ["advertised-segment"]).slice(-2), ["advmss", "1012"]);
  assert.deepEqual(tuningWords({ sack: "off" }, ["sack"]), ["file", "ipv4/tcp_sack", "0"]);
  assert.deepEqual(tuningWords({ ecn: "on" }, ["ecn"]), ["file", "ipv4/tcp_ecn", "1"]);
  assert.deepEqual(tuningWords({}, ["ecn"]), ["file", "ipv4/tcp_ecn", "2"]);
});
