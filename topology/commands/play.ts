// `topology play [SCENARIO]`: plays the events of a scenario on its running links. `topology play
// LINK [forward|backward] FILE`: a trace drives the rate of a link.

import { columns } from "../../lib/columns.ts";
import type { ResultOf } from "../../lib/contract/contract.ts";
import type { PlayedStep } from "../../lib/contract/link.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { interruptible } from "../../lib/interruptible.ts";
import { DIRECTIONS } from "../../lib/link/link.ts";
import { describeSettings } from "../../lib/link/text.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import type { Observed } from "../plan/observed.ts";
import { type LinkTimeline, type PlayListener, playTimelines, readRateTrace } from "../testbed/play.ts";
import { readScenarioWord } from "../testbed/scenario-word.ts";
import { chooseLink, chooseScenario } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

interface Wish {
  scenario: string;
  timelines: LinkTimeline[];
}

export async function play(words: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const { scenario, timelines } =
    words.length > 1 ? await traceOf(testbeds, words) : await eventsOf(testbeds, words[0]);
  const listener: PlayListener = {
    onWarning: (warning) => output.progress(`warning: ${warning}`, true),
    onBegin: ({ link, steps }) => output.progress(`${link} plays ${steps.length} steps`),
  };
  const played = await interruptible((signal) => playTimelines({ engine, scenario }, timelines, listener, signal));
  await output.result({ played }, () =>
    played
      .map(
        (each) => `${describe(each.link, each.played)}\n${each.link}: ${describeSettings(each.settings)}${lost(each)}`,
      )
      .join("\n"),
  );
  return EXIT.done;
}

/** The events of a scenario's file. Throws E_USAGE without any. */
async function eventsOf(testbeds: Pick<Observed, "containers" | "networks">, word?: string): Promise<Wish> {
  const scenario = chooseScenario(testbeds, word);
  const { events } = await readScenarioWord(word ?? scenario);
  if (events.length === 0) throw new RttlabError("E_USAGE", `playing ${scenario}: its file has no events`);
  const byLink = Map.groupBy(events, ({ link }) => link);
  return { scenario, timelines: [...byLink].map(([link, steps]) => ({ link, steps })) };
}

/** A link's trace. Throws E_USAGE. */
async function traceOf(
  testbeds: Pick<Observed, "containers" | "networks">,
  [word = "", ...rest]: string[],
): Promise<Wish> {
  const { scenario, link } = chooseLink(testbeds, word, "playing on");
  const file = rest.at(-1) ?? "";
  const sides = rest.length === 1 ? DIRECTIONS : DIRECTIONS.filter((side) => side === rest[0]);
  if (rest.length > 2 || sides.length === 0) {
    throw new RttlabError("E_USAGE", `playing on ${word}: it takes [forward|backward] and the file of a trace`);
  }
  return { scenario, timelines: [{ link, steps: await readRateTrace(file, sides) }] };
}

/** Packets that were lost when the timeline began. */
function lost({ discardedPackets }: ResultOf<"link.play">): string {
  const packets = discardedPackets.forward + discardedPackets.backward;
  return packets === 0 ? "" : `; ${packets} packets under way were lost`;
}

/** A line per step, and how late the latest was. */
function describe(link: string, played: readonly PlayedStep[]): string {
  const rows = played.map(({ atMillis, beganMillis, endedMillis }) => [
    link,
    `${atMillis} ms`,
    `begun at ${beganMillis.toFixed(1)} ms`,
    `in force at ${endedMillis.toFixed(1)} ms`,
  ]);
  return columns(rows);
}
