// Study: the running cell, how many runs are done and how many void, and how narrow each cell's
// interval is so far.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { lines, numbers, rows } from "./panels.ts";

const AT = 'scenario="$scenario"';
const INTERVAL = `rttlab_study_cell_interval_ratio{${AT}}`;

export function study(): dashboard.Dashboard {
  return frame({
    name: "study",
    title: "Study",
    description: "Which cell runs, how far the study is, and what it has found so far. Empty while none runs.",
    hostsOf: "up",
  })
    .withRow(new dashboard.RowBuilder("How far it is"))
    .withPanel(
      numbers(
        {
          title: "Now",
          description: "The cell that is measured now, and which repetition of it.",
          unit: "none",
          width: 10,
        },
        [[`rttlab_study_cell_running{${AT}}`, "{{study}}: {{cell}}"]],
      ),
    )
    .withPanel(
      numbers(
        {
          title: "Runs",
          description:
            "Runs so far, how many of them do not count, and how many are left at most. Many void runs: the machine is busy otherwise, or the path differs from its settings.",
          unit: "none",
          width: 8,
        },
        [
          [`rttlab_study_runs_done{${AT}}`, "done"],
          [`rttlab_study_runs_void{${AT}}`, "of them void"],
          [`rttlab_study_runs_left_at_most{${AT}}`, "left at the most"],
        ],
      ),
    )
    .withPanel(
      numbers(
        {
          title: "Time left",
          description:
            "At most, from the models' predictions for each run. A study that repeats until an interval is narrow ends sooner.",
          unit: "s",
          width: 6,
        },
        [[`rttlab_study_seconds_left_at_most{${AT}}`, "at the most"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Runs over time",
          description:
            "Runs so far, and those of them that do not count. A slope that flattens: runs take longer, or wait.",
          unit: "none",
          width: 12,
        },
        [
          [`rttlab_study_runs_done{${AT}}`, "done"],
          [`rttlab_study_runs_void{${AT}}`, "void"],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "The widest intervals",
          description:
            "Half the width of the 95 % interval divided by the mean, for the five cells in which it is widest now. The study stops when it is narrow.",
          unit: "percentunit",
          width: 12,
        },
        [[`${INTERVAL} and topk(5, ${INTERVAL} @ end())`, "{{cell}}"]],
      ),
    )
    .withRow(new dashboard.RowBuilder("Findings so far"))
    .withPanel(
      rows(
        {
          title: "Cells",
          description:
            "Each measured cell: its runs that count and that do not, their mean with its unit, and half of the 95 % interval divided by the mean. Nothing here is final.",
          width: 24,
          height: 14,
        },
        { cell: "Cell", quantity: "Quantity", unit: "Unit" },
        [
          { expression: byCell("rttlab_study_cell_runs"), head: "Runs", unit: "none" },
          { expression: byCell("rttlab_study_cell_runs_void"), head: "Void", unit: "none" },
          { expression: byCell("rttlab_study_cell_mean"), head: "Mean", unit: "none" },
          { expression: byCell("rttlab_study_cell_interval_ratio"), head: "Interval ±", unit: "percentunit" },
        ],
      ),
    )
    .build();
}

function byCell(metric: string): string {
  return `max by (cell, quantity, unit) (${metric}{${AT}})`;
}
