// RUDP as a program. Without words it is the service of a container; with words it does what they
// say and ends.

import { readHostConfig } from "../../lib/contract/serving/host-config.ts";
import { EXIT } from "../../lib/errors.ts";
import { runProgram } from "../../lib/program.ts";
import { runWords } from "./program/cli.ts";

const words = process.argv.slice(2);

await runProgram(async () => {
  if (words.length > 0 || process.env.RTTLAB_NAME === undefined) return runWords(words);
  // With its metrics, whose library takes as long to load as all of the commands.
  const { startService } = await import("./program/service.ts");
  await startService(readHostConfig(process.env));
  return EXIT.done;
});
