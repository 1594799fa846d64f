// Memory files: when they exist, what they contain, and that none stays open.

import assert from "node:assert/strict";
import { fstatSync, readSync } from "node:fs";
import { it } from "node:test";
import { usableSockets } from "./kinds.ts";

const skip = usableSockets().includes("epoll") ? false : "needs the system calls of Linux";
const { MemoryFiles } = skip ? ({} as never) : await import("./memory-files.ts");
const OFTEN = 100;

it("octets get a file when they have been sent often, with just them in it", { skip }, () => {
  const files = new MemoryFiles();
  const octets = Buffer.alloc(10_000, "0123456789");
  assert.equal(files.descriptorOf(octets), -1);
  const descriptor = sentOften(files, octets);
  assert.ok(descriptor >= 0);
  assert.equal(files.descriptorOf(octets), descriptor);
  const read = Buffer.alloc(20_000);
  assert.equal(readSync(descriptor, read, 0, read.length, 0), 10_000);
  assert.ok(read.subarray(0, 10_000).equals(octets));
  files.close();
  assert.throws(() => fstatSync(descriptor), /EBADF/);
});

it("few octets and very many get none", { skip }, () => {
  const files = new MemoryFiles();
  for (const length of [100, 10_000_000]) assert.equal(sentOften(files, Buffer.alloc(length)), -1, `${length}`);
});

it("a bounded number is open: the oldest gives way, and gets another when it is sent often again", { skip }, () => {
  const files = new MemoryFiles();
  const first = Buffer.alloc(10_000, "a");
  const descriptors = new Set([sentOften(files, first)]);
  for (let index = 0; index < 200; index++) descriptors.add(sentOften(files, Buffer.alloc(5_000, index)));
  assert.ok(descriptors.size <= 33, `${descriptors.size}`);
  assert.equal(files.descriptorOf(first), -1);
  const again = sentOften(files, first);
  const read = Buffer.alloc(10_000);
  readSync(again, read, 0, read.length, 0);
  assert.ok(read.equals(first));
  files.close();
  for (const descriptor of [...descriptors, again]) assert.throws(() => fstatSync(descriptor), /EBADF/);
});

function sentOften(files: InstanceType<typeof MemoryFiles>, octets: Buffer): number {
  for (let time = 1; time < OFTEN; time++) files.descriptorOf(octets);
  return files.descriptorOf(octets);
}
