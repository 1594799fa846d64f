// The last event of a request that its service did not answer, by the clients in a container
// (request.ts, relay.ts). A service that takes a request and goes away is ending, mostly with its
// container; how that ends only Docker knows, so rttlab looks there (topology/apply/request.ts).
// Nobody listens while a service starts, which is no such end.

export const SERVICE_GONE = "E_SERVICE_GONE";

const NO_ANSWER = "it went away without an answer";

/** `isTaken`: the service had accepted the connection. */
export function unanswered(isTaken: boolean, reason = NO_ANSWER): { event: "failed"; code: string; message: string } {
  const code = isTaken ? SERVICE_GONE : "E_REQUEST";
  return { event: "failed", code, message: `reaching the service: ${reason}` };
}
