// The report as one HTML file that opens offline: style and drawings inside, no script, and a
// policy that forbids the browser to fetch anything. While the study runs, the page reloads itself
// every few seconds.

import { pictureSvg } from "../../lib/picture/svg.ts";
import { escapeXml as escaped } from "../../lib/xml.ts";
import type { Finding } from "../conclude/conclude.ts";
import type { Block, ReportDocument, Table } from "./document.ts";
import { STYLE } from "./style.ts";

const REFRESH_SECONDS = 5;

export function reportHtml({ title, state, blocks }: ReportDocument): string {
  const refresh = state === "running" ? `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">\n` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
${refresh}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${contents(blocks)}
${blocks.map(blockHtml).join("\n")}
</main>
</body>
</html>
`;
}

function contents(blocks: readonly Block[]): string {
  const titles = blocks.flatMap((block) => (block.kind === "heading" ? [block.text] : []));
  return `<nav>${titles.map((text) => `<a href="#${anchor(text)}">${escaped(text)}</a>`).join(" · ")}</nav>`;
}

function anchor(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h2 id="${anchor(block.text)}">${escaped(block.text)}</h2>`;
    case "subheading":
      return `<h3>${escaped(block.text)}</h3>`;
    case "paragraph":
      return `<p>${escaped(block.text)}</p>`;
    case "warning":
      return `<p class="warning" role="status">${escaped(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;
    case "code":
      return `<pre><code>${escaped(block.text)}</code></pre>`;
    case "figure":
      return `<figure>\n<h3>${escaped(block.plot.title)}</h3>\n${block.plot.svg}\n<figcaption>${escaped(block.plot.caption)}</figcaption>\n</figure>`;
    case "topology":
      return `<figure>${pictureSvg(block.topology)}<figcaption>Networks with their hosts; links below.</figcaption></figure>`;
    case "finding":
      return findingHtml(block.finding);
    case "table":
      return tableHtml(block.table);
  }
}

/** A sentence that the data do not support is struck through, with the reason. */
function findingHtml({ text, status, condition, reasons, isAnswer }: Finding): string {
  const flag = {
    supported: "",
    contradicted: '<strong class="flag">contradicted by the data</strong> ',
    open: '<strong class="flag">not supported by the data</strong> ',
  }[status];
  const sentence = status === "supported" ? escaped(text) : `<s>${escaped(text)}</s>`;
  const why = [`Condition: ${condition}`, ...reasons].map((reason) => `<li>${escaped(reason)}</li>`).join("");
  const open = status === "supported" ? "" : " open";
  return `<div class="finding ${status}${isAnswer ? " answer" : ""}"><p>${flag}${sentence}</p><details${open}><summary>Why</summary><ul>${why}</ul></details></div>`;
}

function tableHtml({ caption, head, rows, numbersFrom, notes }: Table): string {
  const cell = (tag: string) => (text: string, at: number) =>
    at >= numbersFrom ? `<${tag} class="n">${escaped(text)}</${tag}>` : `<${tag}>${escaped(text)}</${tag}>`;
  const line = (fields: readonly string[], tag: string) => `<tr>${fields.map(cell(tag)).join("")}</tr>`;
  const body = rows.map((row) => line(row, "td")).join("\n");
  const below = notes.map((note) => `<p class="note">${escaped(note)}</p>`).join("");
  return `<div class="table"><table><caption>${escaped(caption)}</caption><thead>${line(head, "th")}</thead><tbody>\n${body}\n</tbody></table></div>${below}`;
}
