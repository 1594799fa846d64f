// Takes a sample of echoes, whose departures and arrivals both ends' captures record.

import type { Direction } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { longestDelayMillis } from "../../lib/link/propagation.ts";
import { type Flight, flights } from "./capture.ts";
import { delayOf } from "./measurements/delay.ts";
import { echoCommand, echoSample } from "./measurements/echo.ts";
import { parseRoundTrips } from "./measurements/rtt.ts";
import type { Echoes, LinkUnderTest, Tools } from "./under-test.ts";

/** Echoes from the first end to the second and back. */
export async function takeEchoes(
  { ends: [first, second] }: LinkUnderTest,
  tools: Tools,
  settings: LinkSettings,
  isThorough = false,
): Promise<Echoes> {
  const sample = echoSample(settings, isThorough);
  const onTheWayMillis = longestDelayMillis(settings.forward) + longestDelayMillis(settings.backward);
  const waitMillis = onTheWayMillis + 4 * sample.intervalMillis;
  let text = "";
  const recording = await tools.record(
    async () => {
      const command = echoCommand(second.address, sample, waitMillis);
      const seconds = (sample.packets * sample.intervalMillis + waitMillis) / 1000;
      text = await tools.run(first.container, command, { seconds, mayFail: true });
    },
    { onTheWayMillis, packetsPerSecond: (2 * 1000) / sample.intervalMillis },
  );
  return {
    forward: delayOf(delayed(flights(recording.first, recording.second, first.address, "request"), settings.forward)),
    backward: delayOf(delayed(flights(recording.second, recording.first, second.address, "reply"), settings.backward)),
    echoes: parseRoundTrips(text),
  };
}

/** Without those that reordering lets skip the delay. */
function delayed(sent: readonly Flight[], { reorderingRatio, delayMillis }: Direction): Flight[] {
  if (reorderingRatio === 0) return [...sent];
  return sent.filter(
    ({ sentAtMillis, arrivedAtMillis }) => arrivedAtMillis !== null && arrivedAtMillis - sentAtMillis > delayMillis / 2,
  );
}
