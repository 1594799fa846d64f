// The commands of `rttlab study`, one file each.

import type { CommandLine } from "../../topology/commands/program.ts";

export const COMMANDS: readonly CommandLine[] = [
  {
    usage: "list",
    summary: "the studies there are: cells, runs, expected time",
    example: "list",
    load: async () => (await import("./list.ts")).list,
  },
  {
    usage: "plan <study>",
    summary: "every run in order and what the models predict; touches nothing",
    example: "plan slow-start",
    load: async () => (await import("./plan.ts")).plan,
  },
  {
    usage: "run <study> [folder]",
    summary: "measure and write the report; a file's path will do for a name",
    example: "run slow-start",
    load: async () => (await import("./run.ts")).run,
  },
  {
    usage: "smoke <study> [folder]",
    summary: "the same with a few cells, once each, in less than a minute; `all` as the name: every study in studies/",
    example: "smoke slow-start",
    load: async () => (await import("./smoke.ts")).smoke,
  },
  {
    usage: "resume <folder>",
    summary: "go on with a study that was interrupted",
    example: "resume results/slow-start-2026-11-27-200000",
    load: async () => (await import("./resume.ts")).resume,
  },
  {
    usage: "report <folder> [to]",
    summary: "write the report of results again; with a place behind, publish it there",
    example: "report results/slow-start-2026-11-27-200000 docs/reports/slow-start",
    load: async () => (await import("./report.ts")).report,
  },
  {
    usage: "compare <first> <second> [words...]",
    summary: "did it reproduce? exit 0 the same, 1 different, 5 inconclusive",
    example: "compare results/first results/second margin=10%",
    load: async () => (await import("./compare.ts")).compare,
  },
  {
    usage: "export <folder> [format] [to]",
    summary:
      "the runs as csv for R, pandas and gnuplot; with a folder behind csv, the traces and captures too, as files",
    example: "export results/slow-start-2026-11-27-200000 csv",
    load: async () => (await import("./export.ts")).exportRuns,
  },
];
