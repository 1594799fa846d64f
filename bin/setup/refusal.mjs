// An error of the set-up that a person can act on: a stable code, the exit status, and below the
// reason what to do about it. It is lib/errors.ts over again, because this part runs before there
// is a Node that reads TypeScript.

export class Refusal extends Error {
  /**
   * @param {string} code `E_DOCKER_UNAVAILABLE`
   * @param {1 | 2 | 3} status exit status: failed, bad usage, or something is missing on this system
   * @param {string} message "attempt: reason"
   * @param {readonly string[]} cure what to do, a line each
   */
  constructor(code, status, message, cure = []) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
    this.cure = cure;
  }
}

/**
 * The text for a terminal: code and reason, then the cure indented.
 * @param {Refusal} refusal
 */
export function describeRefusal({ code, message, cure }) {
  return [`${code}: ${message}`, ...cure.map((line) => `  ${line}`)].join("\n");
}

/**
 * Progress of the set-up, on stderr: stdout belongs to the command (`--json` is one document).
 * @param {string} text
 */
export function report(text) {
  process.stderr.write(`rttlab: ${text}\n`);
}
