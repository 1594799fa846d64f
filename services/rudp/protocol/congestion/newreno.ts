// NewReno (RFC 6582): Reno that, without SACK, stays in fast recovery until all that was outstanding at its beginning has arrived,
// and takes each partial acknowledgement as the report of the next hole. With SACK, Reno and NewReno are the same.

import type { Controller } from "./controller.ts";
import { reno } from "./reno.ts";

export const newreno: Controller = { ...reno, name: "newreno", fastRecovery: "full-ack" };
