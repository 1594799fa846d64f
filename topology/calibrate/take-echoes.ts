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
  let printed = { stdout: "", stderr: "" };
  const recording = await tools.record(
    async () => {
      const command = echoCommand(second.address, sample, waitMillis);
      const seconds = (sample.packets * sample.intervalMillis + waitMillis) / 1000;
      printed = await tools.attempt(first.container, command, { seconds });
    },
    { onTheWayMillis, packetsPerSecond: (2 * 1000) / sample.intervalMillis },
  );
  const requests = flights(recording.first, recording.second, first.address, "request");
  const replies = flights(recording.second, recording.first, second.address, "reply");
  return {
    forward: delayOf(delayed(requests, settings.forward)),
    backward: delayOf(delayed(replies, settings.backward)),
    echoes: parseRoundTrips(printed.stdout),
    story: storyOf(sample.packets, requests, replies, printed.stderr),
  };
}

function storyOf(wanted: number, requests: readonly Flight[], replies: readonly Flight[], complaint: string): string {
  const arrived = (sent: readonly Flight[]) => sent.filter(({ arrivedAtMillis }) => arrivedAtMillis !== null).length;
  const ways = `${arrived(requests)} of ${requests.length} requests and ${arrived(replies)} of ${replies.length} replies`;
  const said = complaint.trim() === "" ? "" : `; ping: ${complaint.trim()}`;
  return `of ${wanted} echoes, ${ways} that were seen to leave were seen to arrive${said}`;
}

/** Without those that reordering lets skip the delay. */
function delayed(sent: readonly Flight[], { reorderingRatio, delayMillis }: Direction): Flight[] {
  if (reorderingRatio === 0) return [...sent];
  return sent.filter(
    ({ sentAtMillis, arrivedAtMillis }) => arrivedAtMillis !== null && arrivedAtMillis - sentAtMillis > delayMillis / 2,
  );
}
