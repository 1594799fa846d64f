// The system calls of the epoll sockets, called through node:ffi from the C library and the libuv
// that are in this process anyway: no dependency, no build step. Pointers are numbers (bigint) to
// memory that is kept.
//
// A call's declaration decides its cost beside the system call's own time. Up to three numbers
// (u64) become machine code (50 ns). More go through a wrapper that checks each argument again (250
// ns), unless one of the pointers is declared as a "function", which makes libffi perform the call
// (90 ns).

import { constants } from "node:os";
import { getSystemErrorMessage, getSystemErrorName } from "node:util";
import { setFlagsFromString } from "node:v8";

const { dlopen, getCurrentEventLoop, getRawPointer, toArrayBuffer } = loadFfi();

// V8 calls C directly only where it has inlined node:ffi's wrapper (50 ns instead of 225), so it
// may inline more.
setFlagsFromString("--max-inlined-bytecode-size-cumulative=9000");

/** Functions end with their library object, so it is kept as long as the module. */
const library = dlopen(null, {
  __errno_location: { arguments: [], return: "pointer" },
  accept4: { arguments: ["i32", "function", "function", "i32"], return: "i32" },
  bind: { arguments: ["i32", "pointer", "i32"], return: "i32" },
  close: { arguments: ["i32"], return: "i32" },
  connect: { arguments: ["i32", "u64", "i32"], return: "i32" },
  dup: { arguments: ["i32"], return: "i32" },
  epoll_create1: { arguments: ["i32"], return: "i32" },
  epoll_ctl: { arguments: ["i32", "i32", "i32", "function"], return: "i32" },
  epoll_wait: { arguments: ["i32", "function", "i32", "i32"], return: "i32" },
  freeaddrinfo: { arguments: ["u64"], return: "void" },
  getaddrinfo: { arguments: ["pointer", "pointer", "pointer", "pointer"], return: "i32" },
  getnameinfo: { arguments: ["pointer", "i32", "pointer", "i32", "pointer", "i32", "i32"], return: "i32" },
  getpeername: { arguments: ["i32", "pointer", "pointer"], return: "i32" },
  getsockname: { arguments: ["i32", "pointer", "pointer"], return: "i32" },
  getsockopt: { arguments: ["i32", "i32", "i32", "function", "function"], return: "i32" },
  inet_ntop: { arguments: ["i32", "pointer", "pointer", "i32"], return: "pointer" },
  inet_pton: { arguments: ["i32", "pointer", "pointer"], return: "i32" },
  listen: { arguments: ["i32", "i32"], return: "i32" },
  memfd_create: { arguments: ["u64", "i32"], return: "i32" },
  mmap: { arguments: ["u64", "u64", "i32", "i32", "i32", "i64"], return: "pointer" },
  prctl: { arguments: ["i32", "u64", "u64", "u64", "u64"], return: "i32" },
  read: { arguments: ["i32", "u64", "i32"], return: "i32" },
  sendfile: { arguments: ["i32", "i32", "function", "i32"], return: "i32" },
  setsockopt: { arguments: ["i32", "i32", "i32", "function", "i32"], return: "i32" },
  shutdown: { arguments: ["i32", "i32"], return: "i32" },
  socket: { arguments: ["i32", "i32", "i32"], return: "i32" },
  socketpair: { arguments: ["i32", "i32", "i32", "pointer"], return: "i32" },
  timerfd_create: { arguments: ["i32", "i32"], return: "i32" },
  timerfd_settime: { arguments: ["i32", "i32", "function", "function"], return: "i32" },
  write: { arguments: ["i32", "u64", "i32"], return: "i32" },
  uv_close: { arguments: ["pointer", "pointer"], return: "void" },
  uv_handle_size: { arguments: ["i32"], return: "i32" },
  uv_poll_init: { arguments: ["pointer", "pointer", "i32"], return: "i32" },
  uv_poll_start: { arguments: ["pointer", "i32", "pointer"], return: "i32" },
});

export const {
  accept4,
  bind,
  close,
  connect,
  dup,
  epoll_create1,
  epoll_ctl,
  epoll_wait,
  freeaddrinfo,
  getaddrinfo,
  getnameinfo,
  getpeername,
  getsockname,
  getsockopt,
  inet_ntop,
  inet_pton,
  listen,
  memfd_create,
  mmap,
  prctl,
  read,
  sendfile,
  setsockopt,
  shutdown,
  socket,
  socketpair,
  timerfd_create,
  timerfd_settime,
  write,
} = library.functions;

// Constants of Linux, the same on x86-64 and arm64.
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
/** O_NONBLOCK and O_CLOEXEC, also for SOCK_… and EPOLL_CLOEXEC. */
export const NONBLOCK = 0o4000;
export const CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_REUSEPORT = 15;
export const SO_RCVTIMEO = 20;
export const SO_SNDTIMEO = 21;
export const IPPROTO_IP = 0;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const TCP_INFO = 11;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const MFD_CLOEXEC = 1;
export const CLOCK_MONOTONIC = 1;
export const NULL = 0n;

/** errno is an int per thread. Only a failing call writes it, so it is read right after one. */
const errnoCell = new Int32Array(toArrayBuffer(library.functions.__errno_location(), 4, false));

export function errno(): number {
  return errnoCell[0] as number;
}

/** Whether the last call failed only because it would have had to wait, or was interrupted. */
export function shouldTryLater(): boolean {
  const { EAGAIN, EINTR } = constants.errno;
  const code = errno();
  return code === EAGAIN || code === EINTR;
}

/** Whether the last call failed because the process or the system has no descriptor left. */
export function isOutOfDescriptors(): boolean {
  const code = errno();
  return code === constants.errno.EMFILE || code === constants.errno.ENFILE;
}

/** Whether the last call, connect(2), goes on in the background. */
export function isInProgress(): boolean {
  return errno() === constants.errno.EINPROGRESS;
}

/** The number of the error that waits at a socket, which this takes away; 0: none. */
export function pendingError(descriptor: number): number {
  const [value, length] = [allocate(4), allocate(4)];
  length.bytes.writeUInt32LE(4);
  checked("getsockopt", getsockopt(descriptor, SOL_SOCKET, SO_ERROR, value.pointer, length.pointer));
  return value.bytes.readUInt32LE();
}

/** The result of a call, or an error in Node's form: `bind EADDRINUSE: address already in use`. */
export function checked(call: string, result: number): number {
  if (result >= 0) return result;
  const number = errno();
  const code = getSystemErrorName(-number);
  throw Object.assign(new Error(`${call} ${code}: ${getSystemErrorMessage(-number)}`), { code, syscall: call });
}

/** Memory at a fixed address, kept as long as the object. */
export interface Memory {
  bytes: Buffer;
  pointer: bigint;
}

export function allocate(length: number): Memory {
  // A slow buffer has memory of its own, which does not move.
  const bytes = Buffer.allocUnsafeSlow(length).fill(0);
  return { bytes, pointer: getRawPointer(bytes) };
}

/** Memory that belongs to C, seen as octets. */
export function memoryAt(pointer: bigint, length: number): Buffer {
  return Buffer.from(toArrayBuffer(pointer, length, false));
}

/** The address of a buffer's octets, valid while the caller holds the buffer. */
export function pointerTo(octets: Buffer): bigint {
  return getRawPointer(octets);
}

const UV_POLL = 8;
const UV_READABLE = 1;
/**
 * libuv's handles and callbacks. They stay until the thread ends, a few hundred bytes per server.
 */
const kept: unknown[] = [];
/**
 * Stops each watch: libuv aborts a thread that ends, even by an error, while its loop still watches
 * something.
 */
const watches = new Set<() => void>();
process.on("exit", () => {
  for (const stop of watches) stop();
});

/**
 * Makes the thread's event loop call `wake` whenever `descriptor` is readable, and keeps the loop
 * alive. `wake` runs outside Node's callbacks and must not throw, so it should only schedule work.
 * Returns the function that stops it.
 */
export function watchReadable(descriptor: number, wake: () => void): () => void {
  const { uv_close, uv_handle_size, uv_poll_init, uv_poll_start } = library.functions;
  const handle = allocate(uv_handle_size(UV_POLL));
  const callback = library.lib.registerCallback({ arguments: ["pointer", "i32", "i32"], return: "void" }, wake);
  kept.push(handle, callback);
  const failed =
    uv_poll_init(getCurrentEventLoop(), handle.pointer, descriptor) ||
    uv_poll_start(handle.pointer, UV_READABLE, callback);
  if (failed < 0) throw new Error(`uv_poll_start ${getSystemErrorName(failed)}`);
  const stop = () => {
    watches.delete(stop);
    uv_close(handle.pointer, NULL);
    library.lib.unregisterCallback(callback);
  };
  watches.add(stop);
  return stop;
}

/**
 * Loads node:ffi without Node's warning that it may change, which is two lines that are no JSON.
 * Our Node has one fixed version.
 */
function loadFfi() {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:ffi");
  } finally {
    process.emitWarning = emitWarning;
  }
}
