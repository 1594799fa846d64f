// `rttlab topology …`: the table of its commands, one per file of commands/.

import { type CommandLine, runCommands } from "./commands/program.ts";

const COMMANDS: readonly CommandLine[] = [
  {
    usage: "list",
    summary: "the scenarios there are",
    example: "list",
    load: async () => (await import("./commands/list.ts")).list,
  },
  {
    usage: "graph <scenario> [file]",
    summary: "a picture of a scenario: networks, hosts, links with their settings; as SVG into a file",
    example: "graph wan-100ms wan-100ms.svg",
    load: async () => (await import("./commands/graph.ts")).graph,
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
    summary:
      "measure links against their settings; exit 4 when one is out of tolerance; `thorough` last: also what takes minutes",
    example: "calibrate wan-100ms wan-a",
    load: async () => (await import("./commands/calibrate.ts")).calibrate,
  },
  {
    usage: "set <link> <settings...>",
    summary:
      "change a running link: [forward|backward] delay=20ms rate=10mbit loss=1% queue=1bdp, and the other words that docs/scenarios.md has for a link; `down`, `up`, `reset`",
    example: "set wan-a delay=20ms rate=10mbit loss=1%",
    load: async () => (await import("./commands/set.ts")).set,
  },
  {
    usage: "play [scenario-or-link] [direction] [trace]",
    summary: "play a scenario's events on its links, or a trace of rates on one link",
    example: "play wan-a topology/scenarios/traces/step.csv",
    load: async () => (await import("./commands/play.ts")).play,
  },
  {
    usage: "capture <link> <file> [words...]",
    summary:
      "packets at both ends of a link as a pcap file: [on=NETWORK] [seconds=60] [size=100MB] [filter of tcpdump]",
    example: "capture wan-a wan-a.pcap seconds=10 tcp port 80",
    load: async () => (await import("./commands/capture.ts")).capture,
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

await runCommands({
  name: "topology",
  description: "Bring testbeds up, look at them, change their links, take them down.",
  commands: COMMANDS,
});
