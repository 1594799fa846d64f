// Methods by what this server does with them (RFC 9110 section 9): served, known but not allowed
// (405), unknown (501).

export const SERVED_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  ...SERVED_METHODS,
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "CONNECT",
  "TRACE",
]);

/** The header line that a 405 must carry (RFC 9110 section 10.2.1). */
export const ALLOW = `Allow: ${[...SERVED_METHODS].join(", ")}\r\n`;
