// Axes with computed ends instead of ends from the data: a logarithmic one starts above zero, and
// an interval that would pass its end is cut there.

export interface Range {
  low: number;
  high: number;
}

/**
 * The ends of an axis that shows all these values, with room around them; from zero where it is
 * linear and nothing is below.
 */
export function rangeOf(values: readonly number[], isLogarithmic: boolean): Range {
  const shown = values.filter((value) => Number.isFinite(value) && (!isLogarithmic || value > 0));
  if (shown.length === 0) return isLogarithmic ? { low: 1, high: 10 } : { low: 0, high: 1 };
  const [low, high] = [shown.reduce((a, b) => Math.min(a, b)), shown.reduce((a, b) => Math.max(a, b))];
  if (isLogarithmic) {
    const room = Math.max(1.05, (high / low) ** 0.06);
    return { low: low / room, high: high * room };
  }
  const room = 0.06 * (high - Math.min(0, low) || 1);
  return { low: low < 0 ? low - room : 0, high: high + room };
}

export function within(value: number, { low, high }: Range): number {
  return Math.min(high, Math.max(low, value));
}

/**
 * Ticks of a logarithmic axis: 1, 2 and 5 of each decade, or the decades alone where they are many.
 */
export function logarithmicTicks({ low, high }: Range): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 4 ? [1] : decades > 2 ? [1, 3] : decades > 0.7 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(6)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** The longest title along an axis of a small panel, in characters. */
const TITLE_WIDTH = 34;

/** A title in as many lines as it needs beside a small panel. */
export function linesOf(title: string): string[] {
  const lines: string[] = [];
  for (const word of title.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && longer.length <= TITLE_WIDTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
