// The frame of `rttlab topology` and `rttlab study`: one commander command per entry of a table, in
// words that npm passes on. Errors become a message on stderr and an exit status.

import { Command, CommanderError } from "commander";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { print, runProgram } from "../../lib/program.ts";
import { refuseSwallowedOptions, restoreOptions } from "./npm-options.ts";
import { type Output, processOutput } from "./output.ts";

/**
 * A command: its usage, its purpose, an example, and the function that performs it and returns the
 * exit status.
 */
export interface CommandLine {
  usage: string;
  summary: string;
  example: string;
  /** Loaded on use, because everything that talks to Docker takes longer to load than the rest. */
  load(): Promise<(words: string[], output: Output) => Promise<number>>;
}

export interface Program {
  /** As in `npm run NAME`. */
  name: string;
  description: string;
  commands: readonly CommandLine[];
}

/** Runs the command that this process was started with. */
export async function runCommands(program: Program): Promise<void> {
  await runProgram(() => main(program, restoreOptions(process.argv.slice(2), process.env)));
}

async function main({ name, description, commands }: Program, args: string[]): Promise<number> {
  let status: number = EXIT.done;
  let help = "";
  const program = new Command(name)
    .description(description)
    .helpCommand("help [command]", "how a command is used")
    .exitOverride()
    .configureOutput({ writeOut: (text) => (help += text), writeErr: () => {} })
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText("after", `\nExamples:\n${commands.map(({ example }) => `  npm run ${name} ${example}`).join("\n")}`);
  for (const { usage, summary, example, load } of commands) {
    const command = program
      .command(usage)
      .description(summary)
      .option("--json", "one JSON document on stdout")
      .addHelpText("after", `\nExample:\n  npm run ${name} ${example}`)
      .action(async (...received: unknown[]) => {
        const words = (received.slice(0, -2) as (string | string[] | undefined)[])
          .flat()
          .filter((word) => word !== undefined);
        const { json = false } = command.opts<{ json?: boolean }>();
        status = await (await load())(words, processOutput(json));
      });
    if (usage.startsWith("exec")) {
      command.passThroughOptions().allowUnknownOption();
      command.hook("preAction", (_, { args: words }) => refuseSwallowedOptions(words, process.env));
    }
  }
  if (args.length === 0) {
    process.stderr.write(program.helpInformation());
    return EXIT.badInput;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== "commander.help") throw usageError(name, error, args);
    await print(help);
    return EXIT.done;
  }
}

function usageError(name: string, { message }: CommanderError, args: string[]): RttlabError {
  return new RttlabError("E_USAGE", `${name} ${args.join(" ")}: ${message.replace(/^error: /, "")}`);
}
