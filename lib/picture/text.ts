// A topology for a terminal: a tree of networks, from the one with the most links. A link stands
// above the network to which it leads; a second way to a network names it alone.

import { hostTexts, type Picture, type PictureLink } from "./picture.ts";

export function pictureText(picture: Picture): string {
  const drawn = new Set<string>();
  const drawnLinks = new Set<PictureLink>();
  const linksOf = (network: string) => picture.links.filter(({ between }) => between.includes(network));

  const branches = (network: string): string[] => {
    drawn.add(network);
    const lines: string[] = [];
    const next = () => linksOf(network).find((link) => !drawnLinks.has(link));
    for (let link = next(); link !== undefined; link = next()) {
      drawnLinks.add(link);
      const other = link.between[0] === network ? link.between[1] : link.between[0];
      const isKnown = drawn.has(other);
      const below = isKnown ? [`to ${other}, above`] : [headOf(picture, other), ...branches(other)];
      const isLast = next() === undefined;
      const arrow = link.between[0] === network ? "->" : "<-";
      lines.push(`${isLast ? "└" : "├"}─ ${link.name} ${arrow} ${link.settings}`);
      lines.push(...below.map((line) => `${isLast ? " " : "│"}     ${line}`));
    }
    return lines;
  };

  const byLinks = picture.networks.toSorted((first, second) => linksOf(second).length - linksOf(first).length);
  return byLinks
    .flatMap((network) => (drawn.has(network) ? [] : [headOf(picture, network), ...branches(network)]))
    .join("\n");
}

function headOf(picture: Picture, network: string): string {
  const hosts = hostTexts(picture, network).map(({ text }) => text);
  return `${network}: ${hosts.join(", ") || "no host"}`;
}
