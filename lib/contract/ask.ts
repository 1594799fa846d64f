// A request to the service in the same container, over its control socket (serving/requests.ts), as
// the commands of that container make it. If the requesting program ends, the socket closes and the
// service cancels.

import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { type Problem, RttlabError } from "../errors.ts";
import { type EventOf, type Operation, opOf, type RequestOf, type ResultOf } from "./contract.ts";
import { CONTROL_SOCKET } from "./places.ts";

/**
 * Resolves with the fields of the `done` event; `onEvent` receives every event before it. Rejects
 * with the service's error, with E_REQUEST if the service is missing or goes away, with E_CANCELLED
 * when `signal` aborts.
 */
export async function askService<Op extends Operation>(
  operation: Op,
  request: RequestOf<Op>,
  onEvent: (event: EventOf<Op>) => void,
  signal?: AbortSignal,
): Promise<ResultOf<Op>> {
  const op = opOf(operation);
  const socket = createConnection(process.env.RTTLAB_CONTROL_SOCKET ?? CONTROL_SOCKET);
  const { promise, resolve, reject } = Promise.withResolvers<ResultOf<Op>>();
  const fail = (reason: string, cause?: unknown) =>
    reject(new RttlabError("E_REQUEST", `asking the service to ${op}: ${reason}`, { cause }));
  const cancel = () => reject(new RttlabError("E_CANCELLED", `asking the service to ${op}: interrupted`));
  socket.on("error", (cause) => fail("it is not there; is this its container?", cause));
  socket.on("close", () => fail("it went away"));
  socket.write(`${JSON.stringify({ ...request, op })}\n`);
  createInterface({ input: socket })
    .on("line", (line) => {
      const sent = JSON.parse(line);
      const { event, ...fields } = sent;
      if (event === "done") resolve(fields);
      else if (event === "failed") reject(refusal(op, fields));
      else onEvent(sent);
    })
    .on("error", () => {}); // the socket's, which is handled above
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", cancel);
    socket.destroy();
  }
}

interface Refusal {
  code: string;
  message: string;
  problems?: Problem[];
}

function refusal(op: string, { code, message, problems = [] }: Refusal): RttlabError {
  return new RttlabError(code, problems.length === 0 ? message : `asking the service to ${op}: refused`, { problems });
}
