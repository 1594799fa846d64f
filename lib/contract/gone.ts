// The word of the clients in a container (request.ts, relay.ts) for a service that cannot be
// reached, or that went away without an answer. Mostly its container ends then, which only Docker
// knows, so rttlab looks there (topology/apply/request.ts).

export const SERVICE_GONE = "E_SERVICE_GONE";

/** The last event of such a request. */
export function gone(reason: string): { event: "failed"; code: string; message: string } {
  return { event: "failed", code: SERVICE_GONE, message: `reaching the service: ${reason}` };
}

export const NO_ANSWER = "it went away without an answer";
