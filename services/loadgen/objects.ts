// The objects that a page names, as a browser would fetch them: images, scripts, style sheets,
// icons, frames and media. parse5 follows the parsing algorithm of the HTML standard, so broken
// HTML names the same objects here as in a browser. Objects of other hosts are left out, and each
// object is named once.

import { type DefaultTreeAdapterTypes, parse } from "parse5";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** Attributes that name an object, by element. */
const SOURCES: Readonly<Record<string, string>> = {
  img: "src",
  script: "src",
  iframe: "src",
  frame: "src",
  embed: "src",
  audio: "src",
  video: "src",
  source: "src",
  track: "src",
  input: "src",
  object: "data",
  body: "background",
};
/** Links to something that belongs to the page. */
const OWN_LINKS = new Set(["stylesheet", "icon"]);

/**
 * Paths of the objects named in `html`, which came from `path` of `host`, in the order of the
 * document.
 */
export function objectsOf(html: string, host: string, path: string): string[] {
  const elements = [...elementsIn(parse(html))];
  const own = new URL(path, `http://${host}`);
  const base = elements.find(({ tagName }) => tagName === "base");
  const at = resolved(base === undefined ? undefined : attribute(base, "href"), own) ?? own;
  const named = elements.flatMap((element) => resolved(sourceOf(element), at) ?? []);
  const fetched = named.filter(({ protocol, host }) => protocol === "http:" && host === own.host);
  return [...new Set(fetched.map(({ pathname, search }) => pathname + search))];
}

function* elementsIn(node: Node): Generator<Element> {
  if ("tagName" in node) yield node;
  if ("childNodes" in node) for (const child of node.childNodes) yield* elementsIn(child);
}

function sourceOf(element: Element): string | undefined {
  if (element.tagName === "link") {
    const relations = attribute(element, "rel")?.toLowerCase().split(/\s+/) ?? [];
    return relations.some((relation) => OWN_LINKS.has(relation)) ? attribute(element, "href") : undefined;
  }
  if (element.tagName === "input" && attribute(element, "type")?.toLowerCase() !== "image") return undefined;
  const name = SOURCES[element.tagName];
  return name === undefined ? undefined : attribute(element, name);
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value;
}

/** null for anything that is no address, and for nothing. */
function resolved(reference: string | undefined, base: URL): URL | null {
  return reference === undefined || reference.trim() === "" ? null : URL.parse(reference, base.href);
}
