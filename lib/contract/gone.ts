// The last event of a request that its service did not answer, by the clients in a container
// (request.ts, relay.ts). A service that takes a request and goes away is ending, mostly with its
// container; how that ends only Docker knows, so rttlab looks there (topology/apply/request.ts).
// Nobody listens while a service starts, which is no such end.

export const SERVICE_GONE = "E_SERVICE_GONE";

/** `error`: the connection's, if it did not just close. */
export function unanswered(error?: NodeJS.ErrnoException): { event: "failed"; code: string; message: string } {
  const code = error?.syscall === "connect" ? "E_REQUEST" : SERVICE_GONE;
  const reason = error?.message ?? "it went away without an answer";
  return { event: "failed", code, message: `reaching the service: ${reason}` };
}
