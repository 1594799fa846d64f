// A topology as SVG: networks with their hosts in a row, links below, each joined to its two
// networks. Networks, hosts and links can be found by `data-name`; a live drawing has a line for
// each direction of a link in place of its settings, which a page fills (grafana/live/picture.js).

import { DIRECTIONS } from "../link/link.ts";
import { wrapped } from "../wrap.ts";
import { escapeXml } from "../xml.ts";
import { hostTexts, type Picture } from "./picture.ts";

const BOX = { width: 170, gap: 34, head: 24, line: 18 };
const LINK = { width: 190, gap: 14, line: 15, perLine: 30 };
const MARGIN = 12;
const BETWEEN = 46;

export function pictureSvg(picture: Picture, { live = false } = {}): string {
  const { networks, links } = picture;
  const most = Math.max(1, ...networks.map((network) => hostTexts(picture, network).length));
  const boxHeight = BOX.head + most * BOX.line + 8;
  const texts = links.map(({ settings }) => (live ? ["", ""] : wrapped(settings, LINK.perLine)));
  const linkHeight = 26 + LINK.line * Math.max(1, ...texts.map((lines) => lines.length));
  const rowWidth = (count: number, { width, gap }: { width: number; gap: number }) => count * width + (count - 1) * gap;
  const width = 2 * MARGIN + Math.max(rowWidth(networks.length, BOX), rowWidth(links.length, LINK));
  const left = (count: number, box: { width: number; gap: number }) => (width - rowWidth(count, box)) / 2;
  const networkLeft = (index: number) => left(networks.length, BOX) + index * (BOX.width + BOX.gap);
  const linkLeft = (index: number) => left(links.length, LINK) + index * (LINK.width + LINK.gap);
  const linkTop = MARGIN + boxHeight + BETWEEN;
  const height = linkTop + linkHeight + MARGIN;
  const parts = [
    ...links.map(({ name, between }, index) =>
      group("lines", name, [
        ...between.map((network, end) => {
          const from = networkLeft(networks.indexOf(network)) + BOX.width / 2;
          const to =
            linkLeft(index) +
            LINK.width / 2 +
            (networks.indexOf(network) < networks.indexOf(between[1 - end] ?? "") ? -LINK.width / 4 : LINK.width / 4);
          return `<path d="M${from},${MARGIN + boxHeight} L${to},${linkTop}" fill="none" stroke="#444" stroke-width="1.4"/>`;
        }),
      ]),
    ),
    ...networks.flatMap((network, index) => {
      const x = networkLeft(index);
      return [
        group("network", network, [
          box(x, MARGIN, BOX.width, boxHeight, "#f2f5f8"),
          text(x + 10, MARGIN + 17, network, { weight: "bold" }),
        ]),
        ...hostTexts(picture, network).map(({ name, text: words }, at) =>
          group("host", name, [text(x + 10, MARGIN + BOX.head + BOX.line * at + 14, words)]),
        ),
      ];
    }),
    ...links.map(({ name }, index) =>
      group("link", name, [
        box(linkLeft(index), linkTop, LINK.width, linkHeight, "#fdf6ea"),
        text(linkLeft(index) + 10, linkTop + 17, name, { weight: "bold" }),
        ...(texts[index] ?? []).map((line, at) =>
          text(linkLeft(index) + 10, linkTop + 33 + LINK.line * at, line, live ? { direction: DIRECTIONS[at] } : {}),
        ),
      ]),
    ),
  ];
  const label = escapeXml(`Topology: ${networks.join(", ")}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="11">${parts.join("")}</svg>`;
}

function group(kind: string, name: string, parts: readonly string[]): string {
  return `<g class="${kind}" data-name="${escapeXml(name)}">${parts.join("")}</g>`;
}

function box(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" fill="${fill}" stroke="#444"/>`;
}

function text(
  x: number,
  y: number,
  content: string,
  { weight = "normal", direction }: { weight?: string; direction?: string | undefined } = {},
): string {
  const data = direction === undefined ? "" : ` data-direction="${direction}"`;
  return `<text x="${x}" y="${y}" font-weight="${weight}" fill="#222"${data}>${escapeXml(content)}</text>`;
}
