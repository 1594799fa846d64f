// The configuration of a testbed host, read once from the environment (docs/container-contract.md).

import { IPV4, NAME, whole } from "../../fields/kinds.ts";
import { type Environment, type Fields, readEnvironment } from "../../fields/read.ts";
import { MOST_WITHIN } from "../places.ts";

export interface HostConfig {
  scenario: string;
  name: string;
  /**
   * The service listens and sends on this address, so nothing can leave by the management network.
   */
  dataAddress: string;
  mgmtAddress: string;
  /**
   * The service shares its addresses with that of the host it is within, of which it is the nth,
   * and its ports are so much higher; 0 of a host with a network of its own.
   */
  nthWithin: number;
}

/** The variables of all hosts. Links and watchers have some of them. */
export const HOST_FIELDS = {
  scenario: { ...NAME, variable: "RTTLAB_SCENARIO" },
  name: { ...NAME, variable: "RTTLAB_NAME" },
  dataAddress: { ...IPV4, variable: "RTTLAB_DATA_ADDRESS" },
  mgmtAddress: { ...IPV4, variable: "RTTLAB_MGMT_ADDRESS" },
  nthWithin: { ...whole(0, MOST_WITHIN), usual: 0, variable: "RTTLAB_NTH_WITHIN" },
} as const satisfies Fields<HostConfig>;

/** The frozen configuration. Throws E_BAD_ENVIRONMENT with every problem. */
export function readHostConfig(environment: Environment): HostConfig {
  return readEnvironment<HostConfig>(HOST_FIELDS, environment);
}
