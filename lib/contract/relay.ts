// Carries requests to the service in its container for as long as its input is open, so that a
// program that makes many starts one exec, not one for each (a start of Node takes longer than most
// requests). Lines of JSON: `{"id":1,"op":…}` begins a request, `{"id":1,"cancel":true}` cancels
// it, and each of its events comes back with its id (docs/container-contract.md).

import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { unanswered } from "./gone.ts";
import { CONTROL_SOCKET } from "./places.ts";

const requests = new Map<number, Socket>();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { id, cancel, ...request } = JSON.parse(line);
    if (cancel === true) requests.get(id)?.end();
    else begin(id, request);
  })
  .on("close", () => {
    for (const socket of requests.values()) socket.end();
  });
// nobody reads the answers, so the services cancel
process.stdout.on("error", () => process.exit(1));

function begin(id: number, request: object): void {
  const path = process.env.RTTLAB_CONTROL_SOCKET ?? CONTROL_SOCKET;
  const socket = createConnection({ path, allowHalfOpen: true });
  const say = (event: object) => process.stdout.write(`${JSON.stringify({ id, ...event })}\n`);
  requests.set(id, socket);
  socket.write(`${JSON.stringify(request)}\n`);
  let isAnswered = false;
  createInterface({ input: socket })
    .on("line", (line) => {
      const event = JSON.parse(line);
      isAnswered ||= event.event === "done" || event.event === "failed";
      say(event);
    })
    .on("error", () => {}); // the socket's, which is handled below
  const fail = (error?: Error) => {
    if (!isAnswered) say(unanswered(error));
    isAnswered = true;
  };
  socket.on("error", fail);
  socket.on("close", () => {
    fail();
    requests.delete(id);
  });
  socket.on("end", () => socket.end());
}
