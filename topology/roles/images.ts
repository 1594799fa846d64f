// Our images, each a folder of images/, with its base: another of ours, a foreign one, or (null)
// Debian's. Each comes after its base.

/** Grafana's own image. `up` tries to pull it and does without if that fails. */
export const GRAFANA_IMAGE = "grafana/grafana:12.2.0";

export const IMAGES = {
  base: null,
  host: "base",
  link: "base",
  peers: "base",
  prometheus: "base",
  grafana: GRAFANA_IMAGE,
} as const;

export type ImageName = keyof typeof IMAGES;
export const IMAGE_NAMES = Object.keys(IMAGES) as readonly ImageName[];
