// Fills the essay's braces from the runs and from the model: `{rate event 128 1KiB}` is a mean,
// `{interval rate event 128 1KiB}` has its 95 % interval, `{model …}` is the prediction, `{off …}`
// by how much it is off, `{burst …}` what the same parameters give if all users ask at one instant,
// `{ratio rate A / B}` compares two cells, with its interval. Words that say nothing known are an
// error.

import { RttlabError } from "../../lib/errors.ts";
import { parseQuantity } from "../../lib/units.ts";
import { formatEstimate, formatNumber } from "../format.ts";
import { mapEstimate } from "../stats/estimate.ts";
import { ratioInterval, ratioOfMeans } from "../stats/ratio.ts";
import { burst, errorOf, isPredicted, predict, profileOf, type Solution } from "./network.ts";
import { measured, type Place, placesOf, type Quantity, type Runs, usersOf, valuesOf } from "./runs.ts";

const UNITS: Readonly<Record<Quantity, string>> = {
  rate: "1/s",
  bytes: "MB/s",
  response: "s",
  first: "s",
  busy: "1",
  cpu: "s",
  generator: "1",
  memory: "bytes",
};

export function fill(template: string, runs: Runs): string {
  return template.replace(/\{([^}]+)\}/g, (_, words: string) => say(words.trim().split(/\s+/), words, runs));
}

function say([verb = "", ...rest]: string[], words: string, runs: Runs): string {
  switch (verb) {
    case "runs":
      return String([...runs.values()].reduce((sum, rows) => sum + rows.length, 0));
    case "cells":
      return String(runs.size);
    case "users":
      return new Intl.ListFormat("en-GB").format(usersOf(runs).map(String));
    case "predicted-cells":
      return String(placesOf(runs).filter(isPredicted).length);
    case "interval": {
      const quantity = quantityOf(rest[0], words);
      return formatEstimate(inUnit(quantity, rest.slice(1), words, runs), UNITS[quantity]);
    }
    case "model":
    case "burst": {
      const quantity = predictedOf(rest[0], words);
      const place = placeOf(rest.slice(1), words);
      return formatNumber((verb === "model" ? predict : burst)(runs, place)[quantity], UNITS[quantity]);
    }
    case "off":
      return formatNumber(errorOf(runs, predictedOf(rest[0], words), placeOf(rest.slice(1), words)), "ratio");
    case "worst": {
      const [users, size = ""] = rest;
      const sizeBytes = bytesOf(size, words);
      const isAsked = (place: Place) => place.users === Number(users) && place.sizeBytes === sizeBytes;
      const places = placesOf(runs).filter((place) => isPredicted(place) && isAsked(place));
      const errors = places.map((place) => Math.abs(errorOf(runs, "rate", place)));
      if (errors.length === 0) throw fault(words, "no predicted cell is of this kind");
      return formatNumber(Math.max(...errors), "ratio");
    }
    case "ratio": {
      const quantity = quantityOf(rest[0], words);
      const at = rest.indexOf("/");
      const [one, other] = [rest.slice(1, at), rest.slice(at + 1)].map((cell) =>
        valuesOf(runs, quantity, placeOf(cell, words)),
      ) as [number[], number[]];
      return formatEstimate(ratioInterval(ratioOfMeans(one, other)));
    }
    case "profile": {
      const [part = "", structure = "", size = ""] = rest;
      const profile = profileOf(runs, structure, bytesOf(size, words));
      if (!Object.hasOwn(profile, part)) throw fault(words, `a profile has ${Object.keys(profile).join(", ")}`);
      return formatNumber(profile[part as keyof typeof profile], "s");
    }
    default: {
      const quantity = quantityOf(verb, words);
      return formatNumber(inUnit(quantity, rest, words, runs).value, UNITS[quantity]);
    }
  }
}

function inUnit(quantity: Quantity, cell: readonly string[], words: string, runs: Runs) {
  const estimate = measured(runs, quantity, placeOf(cell, words));
  return quantity === "bytes" ? mapEstimate(estimate, (value) => value / 1e6) : estimate;
}

function placeOf([structure = "", users = "", size = ""]: readonly string[], words: string): Place {
  return { structure, users: Number(users), sizeBytes: bytesOf(size, words) };
}

function bytesOf(size: string, words: string): number {
  const bytes = parseQuantity(size, "bytes");
  if (bytes === undefined) throw fault(words, `"${size}" is no size`);
  return bytes;
}

function quantityOf(word: string | undefined, words: string): Quantity {
  if (word === undefined || !Object.hasOwn(UNITS, word)) throw fault(words, `known: ${Object.keys(UNITS).join(", ")}`);
  return word as Quantity;
}

function predictedOf(word: string | undefined, words: string): keyof Solution {
  if (word === "rate" || word === "response" || word === "busy") return word;
  throw fault(words, "the model has rate, response and busy");
}

function fault(words: string, reason: string): RttlabError {
  return new RttlabError("E_BAD_RESULTS", `filling "{${words}}" in the essay: ${reason}`);
}
