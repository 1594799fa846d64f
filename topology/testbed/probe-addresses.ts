// Addresses for the probes of links that are measured at the same time. They are given back when a
// link's measurement ends, so that small subnets carry many links; where none is left, a link waits
// for another's. Docker refuses an address that somebody else has taken meanwhile: then the next is
// tried. A turn between processes would have to last until both probes run, and would know nothing
// of containers that are not ours.

import type { RttlabError } from "../../lib/errors.ts";
import { freeAddress } from "../calibrate/probe.ts";

/** A network on which a probe is to stand. */
export interface ProbePlace {
  dockerNetwork: string;
  subnet: string;
  /** The addresses there that others had when the testbed was looked at. */
  taken: readonly string[];
}

/** As many as other links may be measured at once, twice. */
const TRIES = 8;

/**
 * Does `work` with a free address on each of a link's networks. `isTaken`: whether Docker has given
 * the address to a container by now. Throws E_NO_FREE_ADDRESS.
 */
type WithAddresses = <Result>(
  places: readonly ProbePlace[],
  isTaken: (network: string, address: string) => Promise<boolean>,
  work: (addresses: readonly string[]) => Promise<Result>,
) => Promise<Result>;

export function shareAddresses(): WithAddresses {
  const inUse = new Set<string>();
  let returned = Promise.withResolvers<void>();

  const take = async (places: readonly ProbePlace[], refused: readonly string[]): Promise<string[]> => {
    for (;;) {
      try {
        const chosen = places.map(({ subnet, taken }) => freeAddress(subnet, [...taken, ...refused, ...inUse]));
        for (const address of chosen) inUse.add(address);
        return chosen;
      } catch (error) {
        if ((error as RttlabError).code !== "E_NO_FREE_ADDRESS" || inUse.size === 0) throw error;
      }
      await returned.promise;
    }
  };
  const giveBack = (addresses: readonly string[]): void => {
    for (const address of addresses) inUse.delete(address);
    returned.resolve();
    returned = Promise.withResolvers<void>();
  };

  return async (places, isTaken, work) => {
    const refused: string[] = [];
    for (let triesLeft = TRIES; ; triesLeft -= 1) {
      const chosen = await take(places, refused);
      try {
        return await work(chosen);
      } catch (error) {
        if ((error as RttlabError).code !== "E_ADDRESS_IN_USE" || triesLeft === 1) throw error;
        for (const [at, { dockerNetwork }] of places.entries()) {
          const address = chosen[at] as string;
          if (await isTaken(dockerNetwork, address)) refused.push(address);
        }
      } finally {
        giveBack(chosen);
      }
    }
  };
}
