// Where a command's output goes: results on stdout, as text or as one JSON document; progress on
// stderr.

import { print } from "../../lib/program.ts";

/** A command's output. Exactly one call of `result` per command. */
export interface Output {
  json: boolean;
  /** The result: `text()` for people, `data` for machines. */
  result(data: unknown, text: () => string): Promise<void>;
  /** A line of progress. Silent unless stderr is a terminal or `always` is set. */
  progress(line: string, always?: boolean): void;
}

/** Output to this process's own stdout and stderr. */
export function processOutput(json: boolean): Output {
  return {
    json,
    result: (data, text) => print(json ? `${JSON.stringify(data, null, 2)}\n` : `${text()}\n`),
    progress: (line, always = false) => {
      if (always || process.stderr.isTTY) process.stderr.write(`${line}\n`);
    },
  };
}
