// 20,000 lives of RUDP connections over bad networks in virtual time
// (services/rudp/lab/simulation/lives.ts says what must hold). A failure prints the smallest life
// that fails, as a plan that live() takes and as a timeline.

import { it } from "node:test";
import { liveMany } from "../../services/rudp/lab/simulation/lives.ts";

it("20,000 lives end well", () => {
  liveMany(20_000, 1);
});
