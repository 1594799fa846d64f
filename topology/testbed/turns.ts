// The turns on a scenario, between any processes: one keeps its `up` and `down` apart, the other
// its studies.

import type { Engine } from "../apply/docker.ts";
import { isTurnTaken, type Turn, takeTurn } from "../apply/turn.ts";
import type { Progress } from "./progress.ts";

export function takeScenarioTurn(engine: Engine, scenario: string, progress: Progress): Promise<Turn> {
  const say = () => progress(`waiting for another \`up\` or \`down\` of ${scenario}`, true);
  return takeTurn(engine, `scenario ${scenario}`, say);
}

export function takeStudyTurn(engine: Engine, scenario: string, progress: Progress): Promise<Turn> {
  const say = () => progress(`waiting for another study on ${scenario}`, true);
  return takeTurn(engine, studyTurn(scenario), say);
}

/** Whether a study on it is at work, that of this process included. */
export function isStudied(engine: Engine, scenario: string): Promise<boolean> {
  return isTurnTaken(engine, studyTurn(scenario));
}

function studyTurn(scenario: string): string {
  return `study on ${scenario}`;
}
