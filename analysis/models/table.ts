// The models that a study can name. A new one is a line here.

import { cardwell } from "./cardwell.ts";
import { closedResponse, closedThroughput } from "./closed-network.ts";
import { cubic } from "./cubic.ts";
import { mathis } from "./mathis.ts";
import type { Model } from "./model.ts";
import { multiServer } from "./multi-server.ts";
import { page } from "./page.ts";
import { pftk } from "./pftk.ts";
import { singleServer } from "./single-server.ts";
import { slots } from "./slots.ts";
import { bandwidthDelay, queueingDelay, windowThroughput } from "./window.ts";

const ALL: readonly Model[] = [
  page,
  cardwell,
  mathis,
  pftk,
  cubic,
  windowThroughput,
  queueingDelay,
  bandwidthDelay,
  slots,
  singleServer,
  multiServer,
  closedThroughput,
  closedResponse,
];

export const MODELS: ReadonlyMap<string, Model> = new Map(ALL.map((model) => [model.name, model]));
