// What a running link's agent holds: its settings and what was measured of them (docs/container-contract.md, `status`).

import type { LinkSettings } from "../../lib/link/link.ts";
import type { LinkCalibration } from "../../lib/results.ts";
import type { Engine } from "../apply/docker.ts";
import { requestService } from "../apply/exec.ts";
import type { BackendName } from "../plan/observed.ts";

export interface LinkState {
  backend: BackendName;
  settings: LinkSettings;
  /** Names these settings: another after each change. */
  revision: string;
  /** In the order of the scenario's `between`; networks by their names in the scenario. */
  legs: { network: string; address: string }[];
  /** Null: not measured since the settings were applied. */
  calibration: LinkCalibration | null;
}

/** Asks the link's agent. Rejects as requestService does. */
export async function readLink(engine: Engine, container: string): Promise<LinkState> {
  return (await requestService(engine, container, { op: "status" })) as unknown as LinkState;
}
