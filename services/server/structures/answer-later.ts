// An answer that needs the file system: the site's steps on the thread pool, each operation timed under the name that profiles use.

import type { Client } from "../access/asked.ts";
import type { OperationName } from "../counters.ts";
import { type Operation, perform } from "../files/operation.ts";
import type { Site } from "../files/site.ts";
import type { Request, Response } from "../http/message.ts";
import { textResponse } from "../http/status.ts";
import type { Clock } from "./clock.ts";

export type TimedOperation = [name: OperationName, millis: number];

/** Name look-ups are part of the access check, which the site times as a whole. */
const TIMED_AS: Record<Operation["op"], OperationName | null> = {
  stat: "resolve",
  lstat: "resolve",
  realpath: "resolve",
  open: "open",
  close: "open",
  read: "read-file",
  reverse: null,
  forward: null,
};
const OUT_OF_DESCRIPTORS = new Set(["EMFILE", "ENFILE"]);

/** Calls `done` with the answer and the operations that it took, in milliseconds each. */
export function answerLater(
  { site, clock, makeRoom }: { site: Site; clock: Clock; makeRoom(): boolean },
  request: Request,
  client: Client,
  done: (response: Response, timed: TimedOperation[]) => void,
): void {
  const timed: TimedOperation[] = [];
  const onOperation = (op: Operation["op"], millis: number) => {
    const name = TIMED_AS[op];
    if (name !== null) timed.push([name, millis]);
  };
  const respond = () => perform(site.respond(request, client, clock.wallMillis()), onOperation);
  respond()
    .catch((error) => {
      if (isOutOfDescriptors(error) && makeRoom()) return respond();
      throw error;
    })
    .catch(responseToFailure)
    .then((response) => done(response, timed));
}

function responseToFailure(error: unknown): Response {
  if (isOutOfDescriptors(error))
    return textResponse(503, "the server has too many files and connections open", "Retry-After: 1\r\n");
  return textResponse(500, "the server failed to find an answer");
}

function isOutOfDescriptors(error: unknown): boolean {
  return OUT_OF_DESCRIPTORS.has((error as NodeJS.ErrnoException).code ?? "");
}
