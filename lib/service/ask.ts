// A request of the service in the same container, over its control socket (control.ts): what the words that people type there are made of.
// When who asks goes away, the socket closes and the service cancels.

import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { type Problem, RttlabError } from "../errors.ts";
import { CONTROL_SOCKET, type Request } from "./control.ts";

type Answer = { event: string } & Record<string, unknown>;

/**
 * Resolves with the fields of the `done` event; `onEvent` is told of those before it. Rejects as the service says, with E_REQUEST when
 * there is none or it goes away, with E_CANCELLED when `signal` aborts.
 */
export async function askService(
  request: Request,
  onEvent: (answer: Answer) => void,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const socket = createConnection(process.env.RTTLAB_CONTROL_SOCKET ?? CONTROL_SOCKET);
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const fail = (reason: string, cause?: unknown) =>
    reject(new RttlabError("E_REQUEST", `asking the service to ${request.op}: ${reason}`, { cause }));
  const cancel = () => reject(new RttlabError("E_CANCELLED", `asking the service to ${request.op}: interrupted`));
  socket.on("error", (cause) => fail("it is not there; is this its container?", cause));
  socket.on("close", () => fail("it went away"));
  socket.write(`${JSON.stringify(request)}\n`);
  createInterface({ input: socket })
    .on("line", (line) => {
      const { event, ...fields } = JSON.parse(line) as Answer;
      if (event === "done") resolve(fields);
      else if (event === "failed") reject(refusal(request.op, fields as unknown as Refusal));
      else onEvent({ event, ...fields });
    })
    .on("error", () => {}); // the socket's, which is told above
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
