// A link's settings as people write them, in one line.

import { type Direction, FIELD_NAMES, type FieldName, fieldOf, UNIMPAIRED } from "./direction.ts";
import { DIRECTIONS, type LinkChange, type LinkSettings } from "./link.ts";

/** `delay=50ms loss=0% rate=50mbit queue=1bdp each way`, or both directions if they differ. */
export function describeSettings({ forward, backward }: LinkSettings): string {
  const [there, back] = [describeDirection(forward), describeDirection(backward)];
  return there === back ? `${there} each way` : `forward ${there}; backward ${back}`;
}

/** `rate=5mbit each way`, `backward loss=1%`: only what a change names. */
export function describeChange(change: LinkChange): string {
  const [there, back] = DIRECTIONS.map((side) =>
    Object.entries(change[side] ?? {})
      .map(([name, value]) => wordOf(name as FieldName, value))
      .join(" "),
  );
  if (there === back) return `${there} each way`;
  return [there === "" ? "" : `forward ${there}`, back === "" ? "" : `backward ${back}`].filter(Boolean).join("; ");
}

/** People look for these first, so they are printed even if they impair nothing. */
const ALWAYS: readonly FieldName[] = ["delayMillis", "lossRatio", "rateBitsPerSecond"];

/** `delay=50ms loss=0% rate=50mbit queue=1bdp`; a queue only with a rate. */
export function describeDirection(direction: Direction): string {
  return FIELD_NAMES.filter((name) =>
    name === "queue"
      ? direction.rateBitsPerSecond !== null
      : ALWAYS.includes(name) || direction[name] !== UNIMPAIRED[name],
  )
    .map((name) => wordOf(name, direction[name]))
    .join(" ");
}

/** `50ms`, `wifi.dist` */
export function describeValue(name: FieldName, value: unknown): string {
  const { describe, format } = fieldOf(name);
  return (describe ?? format)(value);
}

function wordOf(name: FieldName, value: unknown): string {
  return `${fieldOf(name).key}=${describeValue(name, value)}`;
}
