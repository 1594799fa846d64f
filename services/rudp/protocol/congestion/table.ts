// The congestion controllers by name. A new one is a file beside this one and a line here.

import type { Congestion, Controller } from "./controller.ts";
import { cubic } from "./cubic.ts";
import { fixed } from "./fixed.ts";
import { newreno } from "./newreno.ts";
import { reno } from "./reno.ts";
import { slowStartOnly } from "./slow-start-only.ts";
import { tahoe } from "./tahoe.ts";

export const CONTROLLERS = { "slow-start-only": slowStartOnly, tahoe, reno, newreno, cubic, fixed } as const;

export type ControllerName = keyof typeof CONTROLLERS;

/** The controller of that name. Its state is whatever its own `start` returned. */
export function controllerNamed(name: ControllerName): Controller<Congestion> {
  return CONTROLLERS[name] as Controller<Congestion>;
}
