import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { machineUsage } from "./machine.ts";

it("a machine is busy for all of its time but idle and waiting", () => {
  const stat =
    "cpu  100 20 300 9000 50 7 43 0 0 0\ncpu0 50 10 150 4500 25 3 20 0 0 0\ncpu1 50 10 150 4500 25 4 23 0 0 0\nintr 1\n";
  assert.deepEqual(machineUsage(stat), { cores: 2, busySeconds: 4.7, softirqSeconds: 0.43 });
});

it("this machine has processors that have been busy", () => {
  const { cores, busySeconds } = machineUsage(readFileSync("/proc/stat", "utf8"));
  assert.ok(cores >= 1 && busySeconds > 0);
});
