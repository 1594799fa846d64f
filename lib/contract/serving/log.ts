// A service's log: a JSON object per line on stderr. `up` waits for the event "ready"; people read
// the rest.

/** Writes `{"event": event, …fields}` to stderr. */
export function log(event: string, fields: Record<string, unknown> = {}): void {
  process.stderr.write(logLine(event, fields));
}

/** The line, for a thread that cannot wait for its event loop to write it. */
export function logLine(event: string, fields: Record<string, unknown>): string {
  return `${JSON.stringify({ event, ...fields })}\n`;
}
