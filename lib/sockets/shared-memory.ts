// Memory that processes share: a file in memory (memfd_create(2)) that each of them maps.

import * as libc from "./libc.ts";

const PROT_READ_AND_WRITE = 3;
const MAP_SHARED = 1;
const name = Buffer.from("rttlab-shared\0");

/** The descriptor of zeroed memory, which a child can inherit. */
export function createSharedMemory(bytes: number): number {
  const descriptor = libc.checked("memfd_create", libc.memfd_create(libc.pointerTo(name), libc.MFD_CLOEXEC));
  const zeros = libc.allocate(bytes);
  libc.checked("write", libc.write(descriptor, zeros.pointer, bytes));
  return descriptor;
}

/** The memory of a descriptor, until the process ends. */
export function mapSharedMemory(descriptor: number, bytes: number): ArrayBuffer {
  const at = libc.mmap(libc.NULL, BigInt(bytes), PROT_READ_AND_WRITE, MAP_SHARED, descriptor, 0n);
  libc.checked("mmap", at === MAP_FAILED ? -1 : 0);
  return libc.memoryAt(at, bytes).buffer as ArrayBuffer;
}

const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
