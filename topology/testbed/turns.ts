// The turn on a scenario keeps its `up` and `down` apart, in any process.

import type { Engine } from "../apply/docker.ts";
import { type Turn, takeTurn } from "../apply/turn.ts";
import type { Progress } from "./progress.ts";

export function takeScenarioTurn(engine: Engine, scenario: string, progress: Progress): Promise<Turn> {
  const say = () => progress(`waiting for another \`up\` or \`down\` of ${scenario}`, true);
  return takeTurn(engine, `scenario ${scenario}`, say);
}
