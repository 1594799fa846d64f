// Debian's firefox-esr, driven by WebDriver BiDi over its WebSocket (W3C WebDriver BiDi).
// playwright-core drives a build of its own, or a release newer than Debian's by BiDi: it sends
// commands unknown to this one.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type Order, PAGE_STATE, type Visit } from "./page.ts";

/**
 * Speculative connections, or ones opened again because one takes long, carry no request and would
 * be counted.
 */
const PREFERENCES = { "network.http.speculative-parallel-limit": 0, "network.http.connection-retry-timeout": 0 };
const ONE_CONNECTION = { "network.http.max-persistent-connections-per-server": 1 };

/** One connection at a time to a server makes requests take turns. */
export async function visitWithFirefox(url: string, order: Order): Promise<Visit> {
  const profile = await mkdtemp("/tmp/firefox-");
  const preferences = order === "in-turn" ? { ...PREFERENCES, ...ONE_CONNECTION } : PREFERENCES;
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
  await writeFile(`${profile}/user.js`, lines.join(""));
  const options = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
  const firefox = spawn("firefox-esr", options, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: profile },
  });
  const exited = once(firefox, "exit");
  try {
    return await visit(await bidiAddress(firefox), url);
  } finally {
    // An orderly exit takes it 6 s.
    firefox.kill("SIGKILL");
    await exited;
    await rm(profile, { recursive: true, maxRetries: 5 });
  }
}

async function visit(address: string, url: string): Promise<Visit> {
  const command = await openSession(address);
  const { capabilities } = await command("session.new", { capabilities: {} });
  const { contexts } = await command("browsingContext.getTree", {});
  const { context } = contexts[0];
  await command("browsingContext.navigate", { context, url, wait: "complete" });
  const asked = { expression: PAGE_STATE, target: { context }, awaitPromise: false };
  const { result } = await command("script.evaluate", asked);
  return { browser: capabilities.browserVersion, ...JSON.parse(result.value) };
}

/** The address that Firefox prints when it listens. */
async function bidiAddress({ stderr }: ChildProcess): Promise<string> {
  let printed = "";
  for await (const line of createInterface({ input: stderr as NonNullable<typeof stderr> })) {
    const address = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
    printed += `${line}\n`;
  }
  throw new Error(`Firefox ended: ${printed}`);
}

// biome-ignore lint/suspicious/noExplicitAny: results are as many shapes as there are commands
type Command = (method: string, params: object) => Promise<any>;

/**
 * Returns a function that sends a command and returns its result, or rejects with Firefox's own
 * message.
 */
async function openSession(address: string): Promise<Command> {
  const socket = new WebSocket(`${address}/session`);
  await once(socket, "open");
  const answers: ((message: { type: string; result: unknown; message: string }) => void)[] = [];
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    answers[message.id]?.(message);
  });
  return (method, params) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = answers.push(({ type, result, message }) => {
      if (type === "success") resolve(result);
      else reject(new Error(`${method}: ${message}`));
    });
    socket.send(JSON.stringify({ id: id - 1, method, params }));
    return promise;
  };
}
