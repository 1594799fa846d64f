// `topology play [SCENARIO]`: plays the events of a scenario on its running links. `topology play
// LINK [forward|backward] FILE`: a trace drives the rate of a link. Each link's agent plays its
// part on its own clock, and says when every step really happened.

import { readFile } from "node:fs/promises";
import { columns } from "../../lib/columns.ts";
import type { TimelineStep } from "../../lib/contract/contract.ts";
import type { PlayedStep } from "../../lib/contract/link.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { interruptible } from "../../lib/interruptible.ts";
import { DIRECTIONS, type LinkChange } from "../../lib/link/link.ts";
import { parseRateTrace } from "../../lib/link/rate-trace.ts";
import { describeSettings } from "../../lib/link/text.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { requestService } from "../apply/request.ts";
import { dockerName, roleOf } from "../plan/names.ts";
import { readScenarioWord } from "../testbed/scenario-word.ts";
import { chooseContainer, chooseScenario } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

interface Part {
  link: string;
  container: string;
  steps: TimelineStep[];
}

export async function play(words: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const parts = words.length > 1 ? [await traceOf(words)] : await eventsOf(words[0]);
  const played = await interruptible((signal) =>
    Promise.all(
      parts.map(async ({ link, container, steps }) => {
        const onEvent = () => output.progress(`${link} plays ${steps.length} steps`);
        return { link, ...(await requestService(engine, container, "link.play", { steps }, { onEvent, signal })) };
      }),
    ),
  );
  await output.result({ played }, () =>
    played
      .map((each) => `${describe(each.link, each.played)}\n${each.link}: ${describeSettings(each.settings)}`)
      .join("\n"),
  );
  return EXIT.done;

  async function eventsOf(word?: string): Promise<Part[]> {
    const name = chooseScenario(testbeds, word);
    const { events } = await readScenarioWord(word ?? name);
    if (events.length === 0) throw new RttlabError("E_USAGE", `playing ${name}: its file has no events`);
    const byLink = Map.groupBy(events, ({ link }) => link);
    return [...byLink].map(([link, steps]) => ({ link, container: dockerName(name, link), steps }));
  }

  async function traceOf([word = "", ...rest]: string[]): Promise<Part> {
    const { name, labels } = chooseContainer(testbeds, word);
    if (roleOf(labels) !== "link") throw new RttlabError("E_USAGE", `playing on ${word}: it is a host, not a link`);
    const file = rest.at(-1) ?? "";
    const sides = rest.length === 1 ? DIRECTIONS : DIRECTIONS.filter((side) => side === rest[0]);
    if (rest.length > 2 || sides.length === 0) {
      throw new RttlabError("E_USAGE", `playing on ${word}: it takes [forward|backward] and the file of a trace`);
    }
    return { link: word, container: name, steps: await readTrace(file, sides) };
  }
}

async function readTrace(file: string, sides: readonly (keyof LinkChange)[]): Promise<TimelineStep[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new RttlabError("E_BAD_TRACE", `reading trace ${file}: ${cause.message}`, { cause });
  });
  const { steps, problems } = parseRateTrace(text);
  if (problems.length > 0)
    throw new RttlabError("E_BAD_TRACE", `reading trace ${file}: some lines are not valid`, { problems });
  return steps.map(({ atMillis, rateBitsPerSecond }) => ({
    atMillis,
    change: Object.fromEntries(sides.map((side) => [side, { rateBitsPerSecond }])),
  }));
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
