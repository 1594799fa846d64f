// NewReno (RFC 6582). Without SACK, Reno that stays in fast recovery until everything outstanding
// at its beginning has arrived, and treats each partial acknowledgement as a report of the next
// hole. With SACK, Reno and NewReno are the same.

import type { Controller } from "./controller.ts";
import { reno } from "./reno.ts";

export const newreno: Controller = { ...reno, name: "newreno", fastRecovery: "full-ack" };
