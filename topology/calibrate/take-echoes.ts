// Takes a sample of echoes, whose departures and arrivals both ends' captures record.

import { type LinkSettings, rttMillis } from "../../lib/link/link.ts";
import { flights } from "./capture.ts";
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
  // Of jitter, four deviations each way.
  const lateMillis = 4 * (settings.forward.jitterMillis + settings.backward.jitterMillis);
  const onTheWayMillis = rttMillis(settings) + lateMillis;
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
    forward: delayOf(flights(recording.first, recording.second, first.address, "request")),
    backward: delayOf(flights(recording.second, recording.first, second.address, "reply")),
    echoes: parseRoundTrips(text),
  };
}
