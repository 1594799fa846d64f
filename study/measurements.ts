// The measurements that the settings of a cell ask for, with their words as they are written. Words
// of a kind that the cell does not measure, and of a measurement beside it that has no kind in this
// cell, are left out.

import type { Settings } from "./file/study.ts";

export interface AskedMeasurement {
  /** Empty for the cell's own. */
  name: string;
  kind: string;
  /** Where its words stand: `measure.load`, `beside.rival`. */
  place: string;
  words: Settings;
}

export function measurementsIn(settings: Settings): { own: AskedMeasurement; beside: AskedMeasurement[] } {
  const asked = (name: string, kind: string, place: string) => ({ name, kind, place, words: wordsAt(settings, place) });
  const kind = settings["measure.kind"] ?? "";
  return {
    own: asked("", kind, `measure.${kind}`),
    beside: Object.entries(settings).flatMap(([key, text]) => {
      const [, name] = /^beside\.([^.]+)\.kind$/.exec(key) ?? [];
      return name === undefined ? [] : [asked(name, text, `beside.${name}`)];
    }),
  };
}

function wordsAt(settings: Settings, place: string): Settings {
  const own = Object.entries(settings).filter(([key]) => key.startsWith(`${place}.`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(place.length + 1), text]));
}
