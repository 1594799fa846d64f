// RUDP: without words in a container it is the service; with words it does what they say and ends.

import { describeError, exitStatus } from "../../lib/errors.ts";
import { readHostConfig } from "../../lib/service/host-config.ts";
import { runWords } from "./cli.ts";
import { startService } from "./service.ts";

const words = process.argv.slice(2);

try {
  if (words.length === 0 && process.env.RTTLAB_NAME !== undefined) await startService(readHostConfig(process.env));
  else process.exitCode = await runWords(words);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitStatus(error);
}
