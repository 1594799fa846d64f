import assert from "node:assert/strict";
import { closeSync, fstatSync, readSync, writeSync } from "node:fs";
import { it } from "node:test";
import type { DescriptorPair } from "./descriptor-pair.ts";

const NEAR = { address: "192.0.2.1", port: 80 };
const FAR = { address: "198.51.100.7", port: 40_000 };

it("a pair of descriptors carries octets, whose names are the addresses of the connection", {
  skip: process.platform !== "linux" && "it is there on Linux only",
}, async () => {
  const { descriptorPair } = await import("./descriptor-pair.ts");
  const { endpoint } = await import("./sockaddr.ts");
  const { ours, theirs } = descriptorPair(NEAR, FAR, 100) as DescriptorPair;
  // A second pair for the same ends has names of its own.
  const second = descriptorPair(NEAR, FAR, 100) as DescriptorPair;
  try {
    assert.deepEqual(endpoint(theirs, "near"), NEAR);
    assert.deepEqual(endpoint(theirs, "far"), FAR);
    assert.deepEqual(endpoint(second.theirs, "far"), FAR);
    const octets = Buffer.alloc(5);
    writeSync(ours, "hello");
    assert.equal(readSync(theirs, octets), 5);
    assert.equal(octets.toString(), "hello");
  } finally {
    for (const descriptor of [ours, theirs, second.ours, second.theirs]) closeSync(descriptor);
  }
  assert.throws(() => fstatSync(ours), { code: "EBADF" });
});

it("a wait on the end that is given away is over after a slice", {
  skip: process.platform !== "linux" && "it is there on Linux only",
}, async () => {
  const { descriptorPair } = await import("./descriptor-pair.ts");
  const { ours, theirs } = descriptorPair(NEAR, FAR, 20) as DescriptorPair;
  try {
    assert.throws(() => readSync(theirs, Buffer.alloc(1)), { code: "EAGAIN" });
  } finally {
    closeSync(ours);
    closeSync(theirs);
  }
});
