// The steps to an answer on libuv's thread pool. Where no descriptor is left, room is made and the
// steps begin anew, once.

import { isOutOfDescriptors, perform } from "../files/operation.ts";
import type { Answer, Session } from "../session/session.ts";

/**
 * The answer that the session's steps come to, or the session's answer to their failure. Never
 * rejects.
 */
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
