// Whether a direction carries packets at all. One that is down loses every packet where it would be
// on its way; what it is apart from that comes back with it.

import type { Impairment } from "../field.ts";

const STATES = ["up", "down"] as const;

export const state: Impairment<(typeof STATES)[number]> = {
  key: "state",
  range: "up, or down to lose every packet",
  pattern: `^(${STATES.join("|")})$`,
  none: "up",
  parse: (text) => STATES.find((known) => known === text.trim()),
  format: (value) => value,
  netem: (value) =>
    value === "up" ? [] : [{ option: "loss", words: ["random", "100%"], report: { "loss-random": { loss: 1 } } }],
};
