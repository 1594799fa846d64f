// `rttlab topology …`: one commander command per file of commands/. Errors become a message on stderr and an exit status.

import { Command, CommanderError } from "commander";
import { describeError, EXIT, exitStatus, RttlabError } from "../lib/errors.ts";
import { refuseSwallowedOptions, restoreOptions } from "./commands/npm-options.ts";
import { type Output, processOutput } from "./commands/output.ts";

/** A command: what it is called with, what it does, an example, and the function that does it and gives the exit status. */
interface CommandLine {
  usage: string;
  summary: string;
  example: string;
  /** Loaded when it is called, for what talks to Docker takes longer to load than the rest. */
  load(): Promise<(words: string[], output: Output) => Promise<number>>;
}

const COMMANDS: readonly CommandLine[] = [
  {
    usage: "list",
    summary: "the scenarios there are",
    example: "list",
    load: async () => (await import("./commands/list.ts")).list,
  },
  {
    usage: "plan <scenario>",
    summary: "every step that `up` would take and its reason; touches nothing",
    example: "plan wan-100ms",
    load: async () => (await import("./commands/plan.ts")).plan,
  },
  {
    usage: "up <scenario> [words...]",
    summary: "bring a scenario up and measure every link; a file's path will do for a name",
    example: "up wan-100ms",
    load: async () => (await import("./commands/up.ts")).up,
  },
  {
    usage: "status [scenario]",
    summary: "hosts, links and where to look",
    example: "status json",
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    usage: "calibrate [scenario] [link...]",
    summary: "measure links against their settings; exit 4 when one is out of tolerance",
    example: "calibrate wan-100ms wan-a",
    load: async () => (await import("./commands/calibrate.ts")).calibrate,
  },
  {
    usage: "set <link> <settings...>",
    summary: "change a running link: [forward|backward] delay=20ms rate=10mbit loss=1% queue=1bdp",
    example: "set wan-a delay=20ms rate=10mbit loss=1%",
    load: async () => (await import("./commands/set.ts")).set,
  },
  {
    usage: "exec <host> <command...>",
    summary: "run a command in a host or link",
    example: "exec load-a load http=1.1 path=/files/10KiB seconds=10",
    load: async () => (await import("./commands/exec.ts")).exec,
  },
  {
    usage: "logs <host>",
    summary: "what a host or link has logged",
    example: "logs server",
    load: async () => (await import("./commands/logs.ts")).logs,
  },
  {
    usage: "down [scenario|all]",
    summary: "remove everything of a scenario, or of all, by label",
    example: "down wan-100ms",
    load: async () => (await import("./commands/down.ts")).down,
  },
];

process.exitCode = await main(restoreOptions(process.argv.slice(2), process.env));

async function main(args: string[]): Promise<number> {
  let status: number = EXIT.done;
  const program = new Command("topology")
    .description("Bring testbeds up, look at them, change their links, take them down.")
    .helpCommand("help [command]", "how a command is used")
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .enablePositionalOptions()
    .showSuggestionAfterError();
  for (const { usage, summary, example, load } of COMMANDS) {
    const command = program
      .command(usage)
      .description(summary)
      .option("--json", "one JSON document on stdout")
      .addHelpText("after", `\nExample:\n  npm run topology ${example}`)
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
    return explain(error, args);
  }
}

function explain(error: unknown, args: string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === "commander.help") return EXIT.done;
    const usage = new RttlabError("E_USAGE", `topology ${args.join(" ")}: ${error.message.replace(/^error: /, "")}`);
    process.stderr.write(`${describeError(usage)}\n`);
    return EXIT.badInput;
  }
  process.stderr.write(`${describeError(error)}\n`);
  return exitStatus(error);
}
