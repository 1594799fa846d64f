// Runs the octets of a case through the parser and writes down the events in the words of
// README.md.

import type { Request } from "../http/message.ts";
import { Parser } from "../http/parser.ts";

/** The events of octets that arrive in these pieces. */
export function eventsOf(pieces: readonly Buffer[], withFields: boolean): string[] {
  const parser = new Parser();
  const events: string[] = [];
  let content = 0;
  const endContent = () => {
    if (content > 0) events.push(`content ${content}`);
    content = 0;
  };
  for (const piece of pieces) {
    parser.receive(piece);
    for (let event = parser.next(); event !== "more"; event = parser.next()) {
      if (event === "content") {
        content += parser.contentOctets;
        continue;
      }
      endContent();
      if (event === "head") events.push(...headOf(parser.request, withFields));
      if (event === "end") events.push("end");
      if (event === "refused") return [...events, `refused ${parser.refusal.status}`];
    }
  }
  endContent();
  if (parser.midway) events.push(`waits for ${parser.inContent ? "content" : "head"}`);
  return events;
}

function headOf(request: Request, withFields: boolean): string[] {
  const { method, target, minorVersion, persistent, framing, expectsContinue, fields } = request;
  const words = [
    `${method} ${target} HTTP/1.${minorVersion}`,
    persistent ? "" : "closes",
    framing === "none" ? "" : framing,
    expectsContinue ? "expects 100" : "",
  ];
  const head = words.filter((word) => word !== "").join(" ");
  if (!withFields) return [head];
  return [head, ...fields.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${fields[at + 1]}`] : []))];
}
