// Requests to a running service over a Unix socket: a line of JSON in, NDJSON events out; the end
// of input cancels. `docker exec` starts the client, ../request.ts; docs/container-contract.md has
// the reasons.

import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { RttlabError } from "../../errors.ts";
import { CONTROL_SOCKET } from "../places.ts";
import { listening } from "./listening.ts";

type Request = { op: string } & Record<string, unknown>;

/** A handler of any op; the contract types its own as `Handler`. */
type AnyHandler = (
  request: Readonly<Record<string, unknown>>,
  emit: (event: string, fields: object) => void,
  signal: AbortSignal,
) => Promise<object> | object;

/**
 * Serves requests by their `op` on a Unix socket; resolves when it listens. Answers an unknown op
 * with E_UNSUPPORTED.
 */
export async function serveRequests(
  handlers: Readonly<Record<string, AnyHandler>>,
  path = CONTROL_SOCKET,
): Promise<Server> {
  await rm(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => void answer(socket, handlers));
  await listening(server.listen(path), `listening for requests on ${path}`);
  return server;
}

async function answer(socket: Socket, handlers: Readonly<Record<string, AnyHandler>>): Promise<void> {
  const gone = new AbortController();
  const emit = (event: string, fields: object) => {
    if (socket.writable) socket.write(`${JSON.stringify({ event, ...fields })}\n`);
  };
  socket.on("error", () => gone.abort());
  socket.on("close", () => gone.abort());
  try {
    const line = await firstLine(socket, () => gone.abort());
    const request = parseRequest(line);
    const handler = Object.hasOwn(handlers, request.op) ? handlers[request.op] : undefined;
    if (handler === undefined)
      throw new RttlabError("E_UNSUPPORTED", `request ${request.op}: this service has no such op`);
    emit("done", await handler(request, emit, gone.signal));
  } catch (error) {
    const code = error instanceof RttlabError ? error.code : "E_REQUEST";
    const problems = error instanceof RttlabError && error.problems.length > 0 ? { problems: error.problems } : {};
    emit("failed", { code, message: error instanceof Error ? error.message : String(error), ...problems });
  } finally {
    socket.end();
  }
}

function firstLine(socket: Socket, onEnd: () => void): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  lines.once("line", resolve);
  lines.on("error", reject); // a readline interface passes on its input's errors
  lines.once("close", () => {
    reject(new RttlabError("E_REQUEST", "reading a request: the input ended before a whole line"));
    onEnd();
  });
  return promise;
}

function parseRequest(line: string): Request {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (cause) {
    throw new RttlabError("E_REQUEST", "reading a request: the line is not JSON", { cause });
  }
  if (typeof parsed !== "object" || parsed === null || typeof (parsed as Request).op !== "string") {
    throw new RttlabError("E_REQUEST", 'reading a request: it needs an op, as in {"op":"status"}');
  }
  return parsed as Request;
}
