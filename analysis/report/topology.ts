// The topology as a drawing and as text: networks with their hosts in a row, links below, each
// joined to its two networks.

import { escapeXml } from "../plots/render.ts";
import type { Environment } from "../results.ts";

type Topology = Environment["topology"];

const BOX = { width: 170, gap: 34, head: 24, line: 18 };
const LINK = { width: 190, gap: 14, line: 15, perLine: 30 };
const MARGIN = 12;
const BETWEEN = 46;

export function topologySvg({ networks, hosts, links }: Topology): string {
  const hostsOn = (network: string) => hosts.filter(({ on }) => on === network);
  const most = Math.max(1, ...networks.map((network) => hostsOn(network).length));
  const boxHeight = BOX.head + most * BOX.line + 8;
  const texts = links.map(({ settings }) => wrapped(settings, LINK.perLine));
  const linkHeight = 26 + LINK.line * Math.max(1, ...texts.map((lines) => lines.length));
  const rowWidth = (count: number, { width, gap }: { width: number; gap: number }) => count * width + (count - 1) * gap;
  const width = 2 * MARGIN + Math.max(rowWidth(networks.length, BOX), rowWidth(links.length, LINK));
  const left = (count: number, box: { width: number; gap: number }) => (width - rowWidth(count, box)) / 2;
  const networkLeft = (index: number) => left(networks.length, BOX) + index * (BOX.width + BOX.gap);
  const linkLeft = (index: number) => left(links.length, LINK) + index * (LINK.width + LINK.gap);
  const linkTop = MARGIN + boxHeight + BETWEEN;
  const height = linkTop + linkHeight + MARGIN;
  const parts = [
    ...links.flatMap(({ between }, index) =>
      between.map((network) => {
        const from = networkLeft(networks.indexOf(network)) + BOX.width / 2;
        const to = linkLeft(index) + LINK.width / 2;
        const shift = network === between[0] ? -LINK.width / 4 : LINK.width / 4;
        return `<path d="M${from},${MARGIN + boxHeight} L${to + shift},${linkTop}" fill="none" stroke="#444" stroke-width="1.4"/>`;
      }),
    ),
    ...networks.flatMap((network, index) => {
      const x = networkLeft(index);
      return [
        box(x, MARGIN, BOX.width, boxHeight, "#f2f5f8"),
        text(x + 10, MARGIN + 17, network, "bold"),
        ...hostsOn(network).map(({ name, role }, at) =>
          text(x + 10, MARGIN + BOX.head + BOX.line * at + 14, name === role ? name : `${name} (${role})`),
        ),
      ];
    }),
    ...links.flatMap(({ name }, index) => [
      box(linkLeft(index), linkTop, LINK.width, linkHeight, "#fdf6ea"),
      text(linkLeft(index) + 10, linkTop + 17, name, "bold"),
      ...(texts[index] ?? []).map((line, at) => text(linkLeft(index) + 10, linkTop + 33 + LINK.line * at, line)),
    ]),
  ];
  const label = escapeXml(`Topology: ${networks.join(", ")}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="11">${parts.join("")}</svg>`;
}

export function topologyText({ networks, hosts, links }: Topology): string {
  const onNetwork = networks.map((network) => {
    const names = hosts
      .filter(({ on }) => on === network)
      .map(({ name, role }) => (name === role ? name : `${name} (${role})`));
    return `${network}: ${names.join(", ") || "no host"}`;
  });
  return [
    ...onNetwork,
    ...links.map(({ name, between, settings }) => `${between[0]} --[ ${name}: ${settings} ]-- ${between[1]}`),
  ].join("\n");
}

function box(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" fill="${fill}" stroke="#444"/>`;
}

function text(x: number, y: number, content: string, weight = "normal"): string {
  return `<text x="${x}" y="${y}" font-weight="${weight}" fill="#222">${escapeXml(content)}</text>`;
}

function wrapped(content: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of content.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
