// A Docker engine in namespaces of its own (mounts, network, processes), whose root is a folder.
// Its process 1 dies with this program, also by SIGKILL, and the kernel ends everything else in the
// namespaces with it: the engine, its containers, and tests that run beside it.

import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { glob, mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ping } from "../../bin/setup/docker-socket.mjs";
import { RttlabError } from "../../lib/errors.ts";
import { connectDocker, type Engine } from "../../topology/apply/docker.ts";
import { ROOT } from "../part.ts";
import { writeCommand } from "./command.ts";
import type { EngineKind } from "./engines.ts";
import { connectNamespace, removeInterface, removeOrphanRules } from "./network.ts";

export interface RunningEngine extends AsyncDisposable {
  engine: Engine;
  /** A program and its first words; a command added to them runs beside the engine. */
  beside: readonly string[];
  /** The environment in which such a command finds the engine. */
  environment: NodeJS.ProcessEnv;
}

const START_MILLIS = 60_000;
const LOOK_EVERY_MILLIS = 100;
const CGROUPS = "/sys/fs/cgroup";

/**
 * Starts an engine, with what it writes in the folder `state`, which is removed at the end. Throws
 * E_ENGINE with the last words of its log.
 */
export async function startEngine(kind: EngineKind, root: string, state: string): Promise<RunningEngine> {
  await clearDead(state);
  await mkdir(state, { recursive: true });
  await writeFile(join(state, "daemon.json"), JSON.stringify(kind.configuration));
  await writeCommand(root, join(state, "bin"));

  const words = ["--mount", "--net", "--pid", "--fork", "--kill-child=KILL", "sh", script("start.sh")];
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", ...words, root, state, ROOT.replace(/\/$/, ""), ...daemon()],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  const ended = once(child, "exit").catch(() => {}); // it could not be started
  let pid = child.pid;
  let interfaceName = "";
  const stop = async () => {
    if (pid !== undefined) kill(pid);
    await ended; // with process 1, and so with all others
    await removeInterface(interfaceName);
    await clearDead(state);
  };
  try {
    await once(child, "spawn").catch((cause) => {
      throw new RttlabError("E_ENGINE", `making namespaces: ${cause.message}`, { cause });
    });
    const complaints = text(child.stderr);
    const line = await firstLine(child.stdout);
    if (line === "") throw new RttlabError("E_ENGINE", `making namespaces: ${(await complaints).trim()}`);
    pid = Number(line);
    const { inner, address, gateway, outer } = await connectNamespace(pid);
    interfaceName = outer;
    child.stdin.end(`${inner} ${address} ${gateway}\n`);
    const socket = join(state, "docker.sock");
    await untilAnswering(child, socket, () => lastWords(state, complaints));
    const engine = await connectDocker([{ url: `unix://${socket}`, source: outer }]);
    return {
      engine,
      beside: [
        ...["nsenter", "--target", `${pid}`, "--net", "--pid", "unshare", "--mount"],
        ...["sh", script("inside.sh"), socket],
      ],
      environment: {
        ...process.env,
        DOCKER_HOST: `unix://${socket}`,
        PATH: `${join(state, "bin")}:${process.env.PATH}`,
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Removes what an engine left whose processes are gone. */
async function clearDead(state: string): Promise<void> {
  await removeOrphanRules();
  await rm(state, { recursive: true, force: true });
  const groups = await Array.fromAsync(glob(`${CGROUPS}/{*/,}${CGROUP}/{*/,}`));
  for (const folder of groups.sort((a, b) => b.length - a.length)) await rmdir(folder).catch(() => {}); // has others
}

/** Of the containers of every such engine. */
const CGROUP = "rttlab-engine";

function daemon(): string[] {
  return [
    ...["dockerd", "--config-file", "/mnt/daemon.json", "--host", "unix:///mnt/docker.sock"],
    ...["--data-root", "/mnt/data", "--exec-root", "/run/docker", "--pidfile", "/run/docker.pid"],
    ...["--cgroup-parent", CGROUP],
  ];
}

function script(name: string): string {
  return join(import.meta.dirname, name);
}

/** Empty if there is none. */
async function firstLine(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  return "";
}

/** `lastWords`: what the engine said, once it has ended or is given up. */
async function untilAnswering(child: ChildProcess, socket: string, lastWords: () => Promise<string>): Promise<void> {
  const deadline = Date.now() + START_MILLIS;
  for (;;) {
    const reason = await ping(`unix://${socket}`);
    if (reason === "") return;
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    const isLate = Date.now() > deadline;
    if (isLate) child.kill("SIGKILL");
    if (hasEnded || isLate) {
      const why = hasEnded ? "it ended" : `no answer in ${START_MILLIS / 1000} s (${reason})`;
      throw new RttlabError("E_ENGINE", `starting an engine: ${why}\n${await lastWords()}`);
    }
    await sleep(LOOK_EVERY_MILLIS);
  }
}

/** Of what made its namespaces, and of its own log. */
async function lastWords(state: string, complaints: Promise<string>): Promise<string> {
  const log = join(state, "engine.log");
  const logged = existsSync(log) ? (await readFile(log, "utf8")).trim().split("\n").slice(-5) : [];
  return [(await complaints).trim(), ...logged].join("\n");
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {} // it has just ended
}
