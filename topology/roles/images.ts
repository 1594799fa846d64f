// Our images, a folder of images/ each, and what each builds on: another of ours, a foreign one, or (null) Debian's.
// Each comes after the one that it builds on.

/** Grafana's own image; tried by `up`, done without where it cannot be pulled. */
export const GRAFANA_IMAGE = "grafana/grafana:12.2.0";

export const IMAGES = {
  base: null,
  host: "base",
  link: "base",
  prometheus: "base",
  grafana: GRAFANA_IMAGE,
} as const;

export type ImageName = keyof typeof IMAGES;
export const IMAGE_NAMES = Object.keys(IMAGES) as readonly ImageName[];
