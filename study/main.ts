// `rttlab study …`.

import { runCommands } from "../topology/commands/program.ts";
import { COMMANDS } from "./commands/table.ts";

await runCommands({
  name: "study",
  description: "Answer a question by measuring over real links, beside what a model predicted.",
  commands: COMMANDS,
});
