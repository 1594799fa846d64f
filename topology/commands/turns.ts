// The turn on a scenario: its `up` and its `down` do not mix, in whatever process.

import type { Engine } from "../apply/docker.ts";
import { type Turn, takeTurn } from "../apply/turn.ts";
import type { Output } from "./output.ts";

export function takeScenarioTurn(engine: Engine, scenario: string, output: Output): Promise<Turn> {
  const say = () => output.progress(`waiting for another \`up\` or \`down\` of ${scenario}`, true);
  return takeTurn(engine, `scenario ${scenario}`, say);
}
