// The client that `docker exec` starts to make one request of the service in its container: stdin
// to the control socket, the socket to stdout. Exit 0 done, 1 failed, 127 unsupported
// (docs/container-contract.md).

import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { unanswered } from "./gone.ts";
import { CONTROL_SOCKET } from "./places.ts";

const socket = createConnection({ path: process.env.RTTLAB_CONTROL_SOCKET ?? CONTROL_SOCKET, allowHalfOpen: true });
process.stdin.pipe(socket);
// nobody reads the answer, so the service cancels
process.stdout.on("error", () => socket.destroy());

let last: { event?: string; code?: string; message?: string } = {};
createInterface({ input: socket })
  .on("line", (line) => {
    last = JSON.parse(line);
    process.stdout.write(`${line}\n`);
  })
  .on("error", () => {}); // the socket's, which is handled below

socket.on("error", (error) => finish(unanswered(error)));
socket.on("end", () => finish(last.event === "done" || last.event === "failed" ? undefined : unanswered()));

function finish(failure?: typeof last): void {
  if (failure !== undefined) {
    last = failure;
    process.stdout.write(`${JSON.stringify(failure)}\n`);
  }
  process.exitCode = last.event === "done" ? 0 : last.code === "E_UNSUPPORTED" ? 127 : 1;
  process.stdin.destroy();
  socket.destroy();
}
