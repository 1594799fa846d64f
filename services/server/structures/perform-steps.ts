// Performs the steps to an answer on libuv's thread pool. If no descriptor is left, it makes room
// and starts over, once.

import { isOutOfDescriptors, perform } from "../files/operation.ts";
import type { Answer, Session } from "../session/session.ts";

/** The answer from the session's steps, or its answer to their failure. Never rejects. */
export async function performSteps(session: Session, makeRoom: () => boolean): Promise<Answer> {
  const work = () => perform(session.steps(), (op, millis) => session.performed(op, millis));
  try {
    return await work().catch((error) => {
      if (isOutOfDescriptors(error) && makeRoom()) return work();
      throw error;
    });
  } catch (error) {
    return session.failure(error);
  }
}
