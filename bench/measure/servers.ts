// The compared servers, each on one core: ours, nginx with the best settings for the load, and
// small programs on Node: node:http and, for each kind of socket, one that only writes ready
// octets, which bounds what a server on it can do.

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { startChild } from "./child.ts";
import { cpuSecondsOf, memoryBytesOf, treeOf } from "./process-tree.ts";

export const SERVER_CORE = "0";
export const ROOT = join(import.meta.dirname, "..", "..");

export interface Server extends AsyncDisposable {
  name: string;
  port: number;
  /** Resident memory in bytes, by the kernel's count. */
  residentBytes(): number;
  /** Of all its processes, with shared pages divided among them. */
  memoryBytes(): number;
  /** Processor time so far of all its processes, in hundredths of a second. */
  cpuSeconds(): number;
}

export async function startOurs(
  root: string,
  port: number,
  options: readonly string[] = [],
  name = "event",
  checkout = ROOT,
): Promise<Server> {
  const main = join(checkout, "services", "server", "main.ts");
  const words = [main, "--port", String(port), "--root", root, ...options];
  return startServer(name, port, [process.execPath, ...words], { reportsReady: true });
}

/** `settings` are further lines of its http block. */
export async function startNginx(
  root: string,
  port: number,
  directory: string,
  settings: string,
  name = "nginx",
): Promise<Server> {
  const path = join(directory, `nginx-${port}.conf`);
  writeFileSync(path, nginxConfiguration(root, port, directory, settings));
  return startServer(name, port, ["nginx", "-c", path, "-e", join(directory, "nginx.log")]);
}

export function nginxConfiguration(root: string, port: number, directory: string, settings: string): string {
  return `worker_processes 1; master_process off; daemon off; pid ${directory}/nginx-${port}.pid;
events { worker_connections 20000; }
http {
  access_log off; tcp_nodelay on; ${settings}
  open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;
  keepalive_requests 1000000000; keepalive_timeout 600s; default_type application/octet-stream;
  server { listen 127.0.0.1:${port} backlog=4096 reuseport; root ${root}; }
}
`;
}

/** A file from memory through node:http. */
export async function startNodeHttp(file: string, port: number): Promise<Server> {
  const program = `
    const content = require("node:fs").readFileSync(${JSON.stringify(file)});
    const server = require("node:http").createServer((request, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": content.length });
      response.end(content);
    });
    server.keepAliveTimeout = 600_000;
    server.listen({ port: ${port}, host: "127.0.0.1", backlog: 4096 });`;
  return startServer("node:http", port, [process.execPath, "-e", program]);
}

/** Ready octets for whatever arrives in one read: no program on \`net\` can do less. */
export async function startBareNet(file: string, port: number, closes: boolean): Promise<Server> {
  const program = `
    const content = require("node:fs").readFileSync(${JSON.stringify(file)});
    const answer = Buffer.concat([Buffer.from("HTTP/1.1 200 OK\\r\\nContent-Length: " + content.length + "\\r\\n\\r\\n"), content]);
    const server = require("node:net").createServer({ noDelay: true }, (socket) => {
      socket.on("data", () => ${closes ? "socket.end(answer)" : "socket.write(answer)"}).on("error", () => {});
    });
    server.listen({ port: ${port}, host: "127.0.0.1", backlog: 4096 });`;
  return startServer("bare net", port, [process.execPath, "-e", program]);
}

/** The same on our epoll sockets. */
export async function startBareEpoll(file: string, port: number, closes: boolean): Promise<Server> {
  const program = `
    import { readFileSync } from "node:fs";
    import { listen } from ${JSON.stringify(join(ROOT, "lib", "sockets", "epoll.ts"))};
    const content = readFileSync(${JSON.stringify(file)});
    const answer = [Buffer.concat([Buffer.from("HTTP/1.1 200 OK\\r\\nContent-Length: " + content.length + "\\r\\n\\r\\n"), content])];
    const connected = (socket) => ({
      received() { socket.send(answer); ${closes ? "socket.end();" : ""} },
      ended() { socket.destroy(); }, taken() {}, free() {}, closed() {},
    });
    const socket = { nodelay: true, writes: "whole", writeMillis: 30000 };
    const options = { address: "127.0.0.1", port: ${port}, backlog: 4096, reusePort: false, ...socket };
    const observer = { sent() {}, timedOut() {}, broken() {} };
    await listen({ ...options, observer, connected, makeRoom: () => false, shed() {} });`;
  return startServer("bare epoll", port, [process.execPath, "--input-type=module", "-e", program]);
}

/**
 * Starts a program on the servers' core; resolves when its port is open, and if it reports that it
 * is ready, when it has: the threads of a pool come after its port.
 */
export async function startServer(
  name: string,
  port: number,
  command: readonly string[],
  { reportsReady = false } = {},
): Promise<Server> {
  const log = reportsReady ? "pipe" : "ignore";
  const child = startChild(["taskset", "-c", SERVER_CORE, ...command], { stdio: ["ignore", "ignore", log] });
  if (child.stderr !== null) await readiness(child.stderr);
  await listening(port, child, name);
  return {
    name,
    port,
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024,
    memoryBytes: () => memoryBytesOf(child.pid as number),
    cpuSeconds: () => cpuSecondsOf(child.pid as number),
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      const [, ...descendants] = treeOf(child.pid as number);
      child.kill("SIGKILL");
      await gone;
      for (const pid of descendants) killIfThere(pid);
    },
  };
}

/** Workers whose parent is gone may be gone too. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Reads on to the end, or the program would wait for its reader. */
function readiness(log: Readable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const lines = createInterface({ input: log });
  lines.on("line", (line) => line.includes('"event":"ready"') && resolve()).once("close", resolve);
  return promise;
}

async function listening(port: number, child: ChildProcess, name: string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect({ port, host: "127.0.0.1" });
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await delay(20);
  }
  throw new Error(`starting ${name}: it ended with ${child.exitCode}`);
}
