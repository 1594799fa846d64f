// Takes a sample of echoes, which both ends' captures see leave and arrive.

import { type LinkSettings, rttMillis } from "../../lib/link/link.ts";
import { flights } from "./capture.ts";
import { delayOf, echoCommand, echoSample } from "./measurements/delay.ts";
import { parseRoundTrips } from "./measurements/rtt.ts";
import type { Echoes, LinkUnderTest, Tools } from "./under-test.ts";

/** Echoes from the first end to the second and back. */
export async function takeEchoes(
  { ends: [first, second] }: LinkUnderTest,
  tools: Tools,
  settings: LinkSettings,
): Promise<Echoes> {
  const sample = echoSample(settings);
  const onTheWayMillis = rttMillis(settings) + 4 * sample.intervalMillis;
  let text = "";
  const recording = await tools.record(async () => {
    const command = echoCommand(second.address, sample, onTheWayMillis);
    const seconds = (sample.packets * sample.intervalMillis + onTheWayMillis) / 1000;
    text = await tools.run(first.container, command, { seconds, mayFail: true });
  }, rttMillis(settings));
  return {
    forward: delayOf(flights(recording.first, recording.second, first.address, "request")),
    backward: delayOf(flights(recording.second, recording.first, second.address, "reply")),
    echoes: parseRoundTrips(text),
  };
}
