// Our images, each a folder of images/. Each comes after the one it is built on.

/** Grafana's own image. `up` tries to pull it and does without if that fails. */
export const GRAFANA_IMAGE = "grafana/grafana:12.2.0";

export interface ImageSpec {
  /** Its base: another of ours, a foreign one, or null: Debian's. */
  on: string | null;
  /**
   * Programs, as paths from the root, that its containers run: the Dockerfile copies them and all
   * that they import as `sources`.
   */
  programs?: readonly string[];
}

/** Clients of services, and the sampler of queues and connections (lib/contract/places.ts). */
const CLIENTS = ["lib/contract/request.ts", "lib/contract/relay.ts", "lib/trace/sample.pl"];

export const IMAGES = {
  base: { on: null },
  host: { on: "base", programs: CLIENTS },
  server: { on: "host", programs: ["services/server/main.ts"] },
  loadgen: { on: "host", programs: ["services/loadgen/main.ts", "services/loadgen/load.ts"] },
  rudp: { on: "host", programs: ["services/rudp/main.ts"] },
  usage: { on: "host", programs: ["services/usage/main.ts"] },
  link: { on: "base", programs: [...CLIENTS, "services/link/main.ts"] },
  peers: { on: "base" },
  prometheus: { on: "base" },
  grafana: { on: GRAFANA_IMAGE },
} satisfies Record<string, ImageSpec>;

export type ImageName = keyof typeof IMAGES;
export const IMAGE_NAMES = Object.keys(IMAGES) as readonly ImageName[];

/** The one of ours that an image is built on; null if that is not ours. */
export function baseOf(image: ImageName): ImageName | null {
  return IMAGE_NAMES.find((name) => name === IMAGES[image].on) ?? null;
}

export function programsOf(image: ImageName): readonly string[] {
  const { programs = [] }: ImageSpec = IMAGES[image];
  return programs;
}
