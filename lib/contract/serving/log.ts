// A service's log: a JSON object per line on stderr. `up` waits for the event "ready"; people read
// the rest.

/** Writes `{"event": event, …fields}` to stderr. */
export function log(event: string, fields: Record<string, unknown> = {}): void {
  process.stderr.write(`${JSON.stringify({ event, ...fields })}\n`);
}
