// `topology set LINK …`: changes a running link in place; `set LINK reset` returns to the scenario.
// The link's agent merges the change in its own turn, so that two simultaneous changes both hold.
// It rebuilds the qdiscs, reads them back and compares. An earlier calibration no longer holds and
// is dropped.

import { describeSettings } from "../../lib/link/text.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { requestService } from "../apply/request.ts";
import { readChange } from "../model/set.ts";
import { ratesAboveCeiling, spreadGroups } from "../plan/warnings.ts";
import { filesBeside } from "../scenarios/files-beside.ts";
import { chooseLink } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

export async function set([link = "", ...words]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const { container } = chooseLink(await observeTestbeds(engine), link, "setting");
  const { settings: before, backend } = await requestService(engine, container, "link.status", {});
  const isReset = words.length === 1 && words[0] === "reset";
  const request = isReset
    ? ({ reset: true } as const)
    : { change: readChange(link, before, words, backend, filesBeside(".")) };
  const onEvent = () => output.progress(`waiting for another change of ${link}, or a timeline, to end`, true);
  const { settings, discardedPackets } = await requestService(engine, container, "link.set", request, { onEvent });
  const warnings = [...ratesAboveCeiling(link, settings, backend), ...spreadGroups(link, settings)];
  for (const warning of warnings) output.progress(`warning: ${warning}`, true);
  const discarded = discardedPackets.forward + discardedPackets.backward;
  const lost = discarded === 0 ? "" : `; ${discarded} packets under way were lost`;
  await output.result(
    { link, settings, discardedPackets, warnings },
    () => `${link}: ${describeSettings(settings)}; not measured since${lost}`,
  );
  return 0;
}
