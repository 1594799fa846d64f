// The report as Markdown, for a repository: the same words and tables, with drawings as files
// beside it.

import { pictureText } from "../../lib/picture/text.ts";
import type { Finding } from "../conclude/conclude.ts";
import type { Block, ReportDocument, Table } from "./document.ts";

/** `folder` is the plots' folder relative to the report. */
export function reportMarkdown({ title, blocks }: ReportDocument, folder: string): string {
  return `${[`# ${escapedMarkdown(title)}`, ...blocks.map((block) => blockMarkdown(block, folder))].join("\n\n")}\n`;
}

function blockMarkdown(block: Block, folder: string): string {
  switch (block.kind) {
    case "heading":
      return `## ${escapedMarkdown(block.text)}`;
    case "subheading":
      return `### ${escapedMarkdown(block.text)}`;
    case "paragraph":
      return escapedMarkdown(block.text);
    case "warning":
      return `> **${escapedMarkdown(block.text)}**`;
    case "list":
      return block.items.map((item) => `- ${escapedMarkdown(item)}`).join("\n");
    case "code":
      return `\`\`\`sh\n${block.text}\n\`\`\``;
    case "figure":
      return `**${escapedMarkdown(block.plot.title)}**\n\n![${escapedMarkdown(block.plot.title)}](${folder}/${block.plot.name}.svg)\n\n${escapedMarkdown(block.plot.caption)}`;
    case "topology":
      return `\`\`\`\n${pictureText(block.topology)}\n\`\`\``;
    case "finding":
      return findingMarkdown(block.finding);
    case "table":
      return tableMarkdown(block.table);
  }
}

function findingMarkdown({ text, status, reasons, condition }: Finding): string {
  if (status === "supported") return escapedMarkdown(text);
  const flag = status === "contradicted" ? "contradicted by the data" : "not supported by the data";
  const why = [`condition: \`${condition}\``, ...reasons.map(escapedMarkdown)]
    .map((reason) => `  - ${reason}`)
    .join("\n");
  return `- **${flag}:** ~~${escapedMarkdown(text)}~~\n${why}`;
}

function tableMarkdown({ caption, head, rows, numbersFrom, notes }: Table): string {
  const line = (fields: readonly string[]) =>
    `| ${fields.map((field) => escapedMarkdown(field).replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = `|${head.map((_, at) => (at >= numbersFrom ? "---:" : "---")).join("|")}|`;
  const below = notes.map((note) => `\n\n${escapedMarkdown(note)}`).join("");
  return `**${escapedMarkdown(caption)}**\n\n${[line(head), rule, ...rows.map(line)].join("\n")}${below}`;
}

/** Characters with a meaning in Markdown or HTML. */
function escapedMarkdown(text: string): string {
  return text.replace(/[\\*_`~<>#[\]]/g, (character) => `\\${character}`);
}
