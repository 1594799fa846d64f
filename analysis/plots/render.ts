// Renders a plot's specification to SVG, in process and with the same bytes every time. Vega
// numbers clips and gradients through the life of the process, so they are renamed after the plot;
// coordinates keep two decimals. Every warning of Vega is an error.

import { Error as ERROR_LEVEL, type LoggerInterface, parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { RttlabError } from "../../lib/errors.ts";
import { escapeXml } from "../../lib/xml.ts";
import { CONFIG } from "./theme.ts";

export interface Drawing {
  spec: TopLevelSpec;
  /** The words below the picture, without which a reader would mistake it. */
  caption: string;
}

/** `name` is unique among the plots of a page; screen readers read `title`. */
export async function renderSvg(spec: TopLevelSpec, name: string, title: string): Promise<string> {
  const warnings: string[] = [];
  const logger = collecting(warnings);
  const compiled = compile(spec, { config: CONFIG, logger });
  const view = new View(parse(compiled.spec), { renderer: "none", logger });
  const svg = await view.toSVG();
  view.finalize();
  if (/NaN|Infinity/.test(svg)) warnings.push("a mark without a place");
  if (warnings.length > 0) throw new RttlabError("E_PLOT", `draw "${title}": ${warnings.join("; ")}`);
  return tidy(svg, name, title);
}

function tidy(svg: string, name: string, title: string): string {
  const ids = new Map([...svg.matchAll(/ id="([^"]+)"/g)].map(([, id = ""], index) => [id, `${name}-${index}`]));
  return svg
    .replace(/ id="([^"]+)"/g, (_, id) => ` id="${ids.get(id)}"`)
    .replace(/url\(#([^)]+)\)/g, (_, id) => `url(#${ids.get(id)})`)
    .replace(/<[^>]+>/g, withTwoDecimals)
    .replace(/ xmlns:xlink="[^"]*"/, "")
    .replace(/^<svg/, `<svg role="img" aria-label="${escapeXml(title)}"`);
}

/** Not so in what a reader reads: `0.001` on an axis. */
function withTwoDecimals(tag: string): string {
  return tag.replace(/ aria-label="[^"]*"|-?\d+\.\d{3,}/g, (found) =>
    found.startsWith(" ") ? found : String(Number(Number(found).toFixed(2))),
  );
}

function collecting(warnings: string[]): LoggerInterface {
  const note = (...words: readonly unknown[]) => {
    warnings.push(words.join(" "));
    return logger;
  };
  const ignore = () => logger;
  const logger = { level: level as LoggerInterface["level"], error: note, warn: note, info: ignore, debug: ignore };
  function level(): number;
  function level(value: number): LoggerInterface;
  function level(value?: number): number | LoggerInterface {
    return value === undefined ? ERROR_LEVEL : logger;
  }
  return logger;
}
