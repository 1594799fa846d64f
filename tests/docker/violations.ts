// Each condition of a run, broken from outside while the run goes on.

import type { LinkChange } from "../../lib/link/link.ts";
import { changeLink, request, type Testbed } from "../../topology/testbed/testbed.ts";
import { dropNearServer, type End, endMembers, flood, floodHalted, floodLink, halt, spin, transfer } from "./meddle.ts";

export interface Violation {
  name: string;
  /** Before the machine is looked at, before the testbed is, or between that and the measuring. */
  when: "first" | "early" | "amid";
  begin(): Promise<End>;
  /** It is over once the run is measured, before the testbed is looked at again. */
  isShort?: true;
  reason: RegExp;
}

export function violationsOf(testbed: Testbed): Violation[] {
  const once = (change: () => Promise<unknown>) => () => change().then(() => async () => {});
  const set = (...changes: LinkChange[]) =>
    once(async () => {
      for (const change of changes) await changeLink(testbed, "wan", change);
    });
  return [
    {
      name: "another sets the link",
      when: "amid",
      begin: set({ forward: { rateBitsPerSecond: 19e6 } }),
      reason: /wan was set to something else after the run/,
    },
    {
      name: "another sets the link, and sets it back",
      when: "amid",
      begin: set({ forward: { rateBitsPerSecond: 19e6 } }, { forward: { rateBitsPerSecond: 20e6 } }),
      reason: /wan was set anew during the run/,
    },
    {
      name: "the qdiscs are taken away",
      when: "amid",
      begin: once(() => request(testbed, "wan", "link.bare", { bare: true })),
      reason: /wan was not as it was set after the run: /,
    },
    {
      name: "traffic is left over",
      when: "early",
      begin: () => transfer(testbed),
      reason: /packets of something else were under way in wan\.forward before the run/,
    },
    {
      name: "packets are lost outside the link",
      when: "amid",
      begin: () => dropNearServer(testbed.scenario),
      reason: /packets were lost outside the links, between (server|wan\.forward)/,
    },
    {
      name: "packets come into the link and do not leave it",
      when: "amid",
      begin: () => floodLink(testbed.scenario, "rudp-client", "wan", "site"),
      reason: /\d+ packets of wan\.forward are unaccounted for/,
    },
    {
      name: "packets come in beside the link",
      when: "amid",
      begin: () => flood(testbed.scenario, "rudp-sink", "server"),
      reason: /\d+ packets of something else came in at server/,
    },
    {
      name: "frames find no room on the way into a link",
      when: "amid",
      begin: () => floodHalted(testbed.scenario, "wan"),
      reason: /wan\.forward had no room for \d+ frames: the machine was too busy/,
    },
    {
      name: "a queue drops",
      when: "amid",
      begin: () => flood(testbed.scenario, "rudp-client", "rudp-sink"),
      reason: /the queue of wan\.forward dropped \d+ packets/,
    },
    {
      name: "the delay changes",
      when: "amid",
      begin: set({ forward: { delayMillis: 25 } }),
      reason: /the path had an RTT of [\d.]+ ms after the run, configured were 20 ms/,
    },
    {
      name: "requests fail",
      when: "amid",
      begin: () => endMembers(testbed.scenario, "server"),
      reason: /^\d+ of \d+ requests failed: \d+ \w+/,
    },
    {
      name: "the link and the server end",
      when: "amid",
      begin: () => endMembers(testbed.scenario, "wan", "server"),
      reason:
        /no ping came back after the run; wan was not there after the run; the packets of client or server are not known/,
    },
    {
      name: "the processors are busy",
      when: "first",
      begin: () => spin(testbed, "server"),
      reason: /^only \d+ % of the machine was idle before the run.*; (server|machine) was saturated/,
    },
    {
      name: "the generator is busy",
      when: "early",
      begin: () => spin(testbed, "client"),
      isShort: true,
      reason: /client was saturated/,
    },
    {
      name: "a link is busy",
      when: "early",
      begin: () => spin(testbed, "wan"),
      isShort: true,
      reason: /wan was saturated/,
    },
    {
      name: "the generator falls behind its schedule",
      when: "amid",
      begin: () => halt(testbed),
      reason: /a hundredth of the requests began more than 5 ms late, by the generator's own fault/,
    },
  ];
}
