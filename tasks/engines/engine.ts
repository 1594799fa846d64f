// A Docker engine in namespaces of its own (mounts, network, processes), whose root is a folder.
// Its process 1 dies with this program, also by SIGKILL, and the kernel ends everything else in the
// namespaces with it: the engine, its containers, and tests that run beside it.

import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { glob, mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
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
import { inNamespaces, REMOVAL } from "./namespaces.ts";
import { connectNamespace, removeInterface, removeOrphanRules } from "./network.ts";
import { engineResolver } from "./resolver.ts";

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
 * Starts an engine, with what it writes in the folder `state`, which is removed at the end.
 * `onLine` gets what a person should know. Throws E_ENGINE with the last words of its log,
 * E_ENGINE_ROOT if the root is not whole; rejects when `signal` aborts. Then nothing is left of it.
 */
export async function startEngine(
  kind: EngineKind,
  root: string,
  state: string,
  { onLine, signal }: { onLine: (line: string) => void; signal: AbortSignal },
): Promise<RunningEngine> {
  await clearDead(state);
  let child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  let ended: Promise<unknown> = Promise.resolve();
  let pid: number | undefined;
  let interfaceName = "";
  const end = () => {
    if (child !== undefined && pid !== undefined && !hasEnded(child)) kill(pid);
  };
  const stop = async () => {
    end();
    await ended; // with process 1, and so with all others
    if (interfaceName !== "") await removeInterface(interfaceName);
    await clearDead(state);
  };
  try {
    signal.throwIfAborted();
    await mkdir(state, { recursive: true });
    await mkdir(temporaryFolder(state));
    const configuration = { ...PLACES, "cgroup-parent": engineName(state), ...kind.configuration };
    await writeFile(join(state, "daemon.json"), JSON.stringify(configuration));
    await writeCommand(root, join(state, "bin"));
    const resolver = await engineResolver();
    if (resolver.problem !== "") onLine(resolver.problem);
    await writeFile(join(state, "resolv.conf"), resolver.text);

    const environment = { ...process.env, TMPDIR: temporaryFolder(state) };
    const [program = "", ...before] = inNamespaces("--net");
    const words = ["sh", script("start.sh"), root, state, ROOT.replace(/\/$/, ""), ...kind.command];
    child = spawn(program, [...before, ...words], { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => {}); // it has ended, which its output says
    ended = once(child, "exit").catch(() => {}); // it could not be started
    pid = child.pid;
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
    await untilAnswering(child, socket, signal, () => {
      end();
      return lastWords(state, complaints);
    });
    const engine = await connectDocker([{ url: `unix://${socket}`, source: outer }]);
    return {
      engine,
      beside: [
        ...["nsenter", "--target", `${pid}`, "--net", "--pid", "unshare", "--mount"],
        ...["sh", script("inside.sh"), state],
      ],
      environment: {
        ...environment,
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
  await rm(state, REMOVAL);
  await rm(temporaryFolder(state), REMOVAL);
  await removeGroups(engineName(state));
  await removeOrphanRules();
}

/**
 * For the temporary files of an engine and of tests beside it, which SIGKILL would leave. In /tmp,
 * because both see that, and names of sockets must be short.
 */
function temporaryFolder(state: string): string {
  return `/tmp/${engineName(state)}`;
}

/** Its name on this machine, which an engine of another checkout does not have. */
function engineName(state: string): string {
  return `rttlab-engine-${hash("sha256", state).slice(0, 8)}`;
}

/** Docker makes some of them below the group that it was started in, wherever that is. */
async function removeGroups(ofEngine: string): Promise<void> {
  const tops = await Array.fromAsync(glob(`${CGROUPS}/**/${ofEngine}`));
  for (const top of tops) {
    // Groups end while they are listed.
    const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch(() => []);
    const below = entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
    const deepestFirst = [top, ...below].sort((a, b) => b.length - a.length);
    for (const folder of deepestFirst) await rmdir(folder).catch(() => {});
  }
}

/** Of the engine's root, as daemon.json has them. */
const PLACES = {
  hosts: ["unix:///mnt/docker.sock"],
  "data-root": "/mnt/data",
  "exec-root": "/run/docker",
  pidfile: "/run/docker.pid",
};

function script(name: string): string {
  return join(import.meta.dirname, name);
}

/** Empty if there is none. */
async function firstLine(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  return "";
}

/** `giveUp` ends the engine, if it has not ended by itself, and resolves to what it said. */
async function untilAnswering(
  child: ChildProcess,
  socket: string,
  signal: AbortSignal,
  giveUp: () => Promise<string>,
): Promise<void> {
  const deadline = Date.now() + START_MILLIS;
  for (;;) {
    const reason = await ping(`unix://${socket}`);
    if (reason === "") return;
    const isOver = hasEnded(child);
    if (isOver || Date.now() > deadline) {
      const why = isOver ? "it ended" : `no answer in ${START_MILLIS / 1000} s (${reason})`;
      throw new RttlabError("E_ENGINE", `starting an engine: ${why}\n${await giveUp()}`);
    }
    await sleep(LOOK_EVERY_MILLIS, undefined, { signal });
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
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
