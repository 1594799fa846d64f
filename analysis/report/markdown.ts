// The report as Markdown, for a repository: the same words and tables; drawings are files beside it.

import type { Finding } from "../conclude/conclude.ts";
import type { Block, ReportDocument, Table } from "./document.ts";
import { topologyText } from "./topology.ts";

/** `folder` is where the plots' files are, seen from the report. */
export function reportMarkdown({ title, blocks }: ReportDocument, folder: string): string {
  return `${[`# ${escape(title)}`, ...blocks.map((block) => blockMarkdown(block, folder))].join("\n\n")}\n`;
}

function blockMarkdown(block: Block, folder: string): string {
  switch (block.kind) {
    case "heading":
      return `## ${escape(block.text)}`;
    case "paragraph":
      return escape(block.text);
    case "warning":
      return `> **${escape(block.text)}**`;
    case "list":
      return block.items.map((item) => `- ${escape(item)}`).join("\n");
    case "code":
      return `\`\`\`sh\n${block.text}\n\`\`\``;
    case "figure":
      return `**${escape(block.plot.title)}**\n\n![${escape(block.plot.title)}](${folder}/${block.plot.name}.svg)\n\n${escape(block.plot.caption)}`;
    case "topology":
      return `\`\`\`\n${topologyText(block.topology)}\n\`\`\``;
    case "finding":
      return findingMarkdown(block.finding);
    case "table":
      return tableMarkdown(block.table);
  }
}

function findingMarkdown({ text, status, reasons, condition }: Finding): string {
  if (status === "supported") return escape(text);
  const flag = status === "contradicted" ? "contradicted by the data" : "not supported by the data";
  const why = [`condition: \`${condition}\``, ...reasons.map(escape)].map((reason) => `  - ${reason}`).join("\n");
  return `- **${flag}:** ~~${escape(text)}~~\n${why}`;
}

function tableMarkdown({ caption, head, rows, numbersFrom, notes }: Table): string {
  const line = (fields: readonly string[]) =>
    `| ${fields.map((field) => escape(field).replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = `|${head.map((_, at) => (at >= numbersFrom ? "---:" : "---")).join("|")}|`;
  const below = notes.map((note) => `\n\n${escape(note)}`).join("");
  return `**${escape(caption)}**\n\n${[line(head), rule, ...rows.map(line)].join("\n")}${below}`;
}

/** Characters that Markdown or HTML would take for its own. */
function escape(text: string): string {
  return text.replace(/[\\*_`~<>#[\]]/g, (character) => `\\${character}`);
}
