// How often each of several files is asked for. The popularity of files on the web follows Zipf's
// law: that of the file of rank r is in proportion to 1/r^s (Breslau and others, "Web Caching and
// Zipf-like Distributions: Evidence and Implications", INFOCOM 1999, with s of 0.64 to 0.83).

export const ALLOWED_POPULARITY = "uniform, or zipf:S with S from 0 to 10, for paths in the order of their ranks";

/** Gives the weight of the path of rank 1, 2, 3 and so on. */
export type Popularity = (rank: number) => number;

export function parsePopularity(text: string): Popularity | undefined {
  if (text === "uniform") return () => 1;
  const exponent = /^zipf:(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (exponent === undefined || Number(exponent) > 10) return undefined;
  return (rank) => rank ** -Number(exponent);
}

/** `/pages/3KiB/{1..42}.bin` stands for 42 paths, as in a shell; any other text for itself. */
export function pathsIn(text: string): string[] {
  const [, before = "", first, last, after = ""] = /^([^{]*)\{(\d+)\.\.(\d+)\}([^{]*)$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (first === undefined || count < 1 || count > MOST_PATHS) return [text];
  return Array.from({ length: count }, (_, index) => `${before}${Number(first) + index}${after}`);
}

const MOST_PATHS = 1e6;
