// What a person should know before a testbed comes up: where it will not be able to do what the scenario says.

import { formatQuantity } from "../../lib/units.ts";
import { DIRECTIONS } from "../model/link-settings.ts";
import type { Topology } from "../model/topology.ts";
import type { Layout } from "./layout.ts";
import type { Observed } from "./observed.ts";
import { buffersSuffice } from "./tcp.ts";

/** The rate up to which the User-Mode Linux link was measured to keep its promise with both stages. */
export const UML_CEILING_BITS_PER_SECOND = 200e6;

export function warningsOf(topology: Topology, layout: Layout, { backend }: Observed): string[] {
  return [...(backend === "uml" ? ratesAboveCeiling(topology) : []), ...smallBuffers(topology, layout)];
}

function ratesAboveCeiling({ links }: Topology): string[] {
  const ceiling = formatQuantity(UML_CEILING_BITS_PER_SECOND, "bitsPerSecond");
  return links.flatMap(({ name, settings }) =>
    DIRECTIONS.flatMap((side) => {
      const rate = settings[side].rateBitsPerSecond;
      if (rate === null || rate <= UML_CEILING_BITS_PER_SECOND) return [];
      return [
        `${name} ${side}: ${formatQuantity(rate, "bitsPerSecond")} is above ${ceiling}, which a User-Mode Linux link can carry`,
      ];
    }),
  );
}

function smallBuffers(topology: Topology, layout: Layout): string[] {
  if (buffersSuffice(topology, layout)) return [];
  return ["TCP buffers cannot hold what the fattest path can have on its way: one connection will not fill it"];
}
