// Calibrates running links: makes probes with the same functions that make hosts, measures, has the link's agent hold the
// result, takes the probes away again, whatever happened.

import { PassThrough } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import { RttlabError } from "../../lib/errors.ts";
import { removeContainer, runContainer } from "../apply/container.ts";
import type { Engine } from "../apply/docker.ts";
import { execute } from "../apply/exec.ts";
import { requestService } from "../apply/request.ts";
import { wireHost } from "../apply/wiring.ts";
import { CAPTURE_COMMAND, parseCaptureFile, parseUncaptured, type Sighting } from "./capture.ts";
import { whileHeld } from "./hold.ts";
import { measureLink } from "./measure.ts";
import { type ProbeSite, probeSpec, probeWiring } from "./probe.ts";
import type { End, LinkUnderTest, MeasureOptions, Recording, Tools } from "./under-test.ts";

/** A running link, and where its probes are to stand. */
export interface CalibrationTarget extends ProbeSite {
  /** The link's container. */
  container: string;
  backend: string;
  settings: LinkUnderTest["settings"];
  /** Names the settings that are measured; the agent holds no result of others. */
  revision: string;
}

/** What a command may take beyond what its sample takes; one that does has lost its other end. */
const SPARE_SECONDS = 20;
/** Time for what is on its way in the probes and the link itself. */
const SETTLING_MILLIS = 150;
/** A busy machine may keep tcpdump from some packets; then the sample is not whole, and is taken again. */
const MAX_RECORDINGS = 5;

export interface CalibrationOptions extends MeasureOptions {
  onStep?: (step: string) => void;
  /** Ends the measuring at once; the link is put back and the probes are removed all the same. */
  signal?: AbortSignal;
}

/**
 * Measures one link; what is out of tolerance is in the result. Rejects with E_MEASUREMENT when a tool fails,
 * E_INTERRUPTED when `signal` aborted.
 */
export async function calibrateLink(
  engine: Engine,
  target: CalibrationTarget,
  { onStep = () => {}, signal, ...options }: CalibrationOptions = {},
): Promise<LinkCalibration> {
  const sides = [0, 1] as const;
  const specs = sides.map((at) => probeSpec(target, at));
  const wirings = sides.map((at) => probeWiring(target, at));
  const remove = async () => {
    await Promise.all(wirings.map(({ name }) => removeContainer(engine, name)));
    await Promise.all(specs.map(({ name }) => removeContainer(engine, name)));
  };
  const interrupted = () => void remove().catch(() => {}); // what is removed ends what runs in it
  await remove();
  signal?.addEventListener("abort", interrupted);
  try {
    onStep("starting probes");
    await Promise.all(specs.map((spec) => runContainer(engine, spec, signal)));
    await Promise.all(wirings.map((wiring) => wireHost(engine, wiring)));
    const test = underTest(target);
    const calibration = await measureLink(test, toolsOf(engine, test, onStep), options);
    await requestService(engine, target.container, "link.calibrated", { calibration, revision: target.revision });
    return calibration;
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new RttlabError("E_INTERRUPTED", `calibrating ${target.link}: interrupted`);
  } finally {
    signal?.removeEventListener("abort", interrupted);
    await remove();
  }
}

function underTest(target: CalibrationTarget): LinkUnderTest {
  const { link, container, backend, settings, sides } = target;
  const end = (at: 0 | 1) => ({ container: probeSpec(target, at).name, address: sides[at].probeAddress });
  const [first, second] = sides;
  return {
    link,
    container,
    backend,
    settings,
    between: [first.network, second.network],
    ends: [end(0), end(1)],
  };
}

function toolsOf(engine: Engine, { container: link, ends }: LinkUnderTest, onStep: (step: string) => void): Tools {
  return {
    onStep,
    async run(container, command, { seconds = 0, mayFail = false } = {}) {
      const [output, errors] = [new PassThrough(), new PassThrough()];
      const printed = Promise.all([text(output), text(errors)]);
      const limit = Math.ceil(seconds) + SPARE_SECONDS;
      const bounded = ["timeout", "-k", "1", String(limit), ...command];
      const signal = AbortSignal.timeout(2 * limit * 1000); // of a container that is paused
      const status = await execute(engine, container, bounded, { output, errors, signal }).catch((error: Error) => {
        if (!signal.aborted) throw error;
        const late = `it did not end within ${2 * limit} s`;
        throw new RttlabError("E_MEASUREMENT", `running ${command.join(" ")} in ${container}: ${late}`);
      });
      output.end();
      errors.end();
      const [stdout, stderr] = await printed;
      if (status === 0 || mayFail) return stdout;
      throw new RttlabError(
        "E_MEASUREMENT",
        `running ${command.join(" ")} in ${container}: ${reason(stdout, stderr, status, limit)}`,
      );
    },
    async record(work, onTheWayMillis) {
      for (let recordings = 1; ; recordings += 1) {
        const { missing, ...recording } = await recordOnce(engine, ends, work, onTheWayMillis);
        if (missing === 0 || recordings === MAX_RECORDINGS)
          return missing === 0 ? recording : { first: [], second: [] };
      }
    },
    undelivered: () => requestService(engine, link, "link.counters", {}),
    whileBare: (work) => whileHeld(engine, link, "link.bare", { bare: true, held: true }, work),
  };
}

/** `missing`: packets that passed while tcpdump had no time for them. */
async function recordOnce(
  engine: Engine,
  ends: readonly [End, End],
  work: () => Promise<unknown>,
  onTheWayMillis: number,
): Promise<Recording & { missing: number }> {
  const captures = await Promise.all(ends.map(({ container }) => startCapture(engine, container)));
  try {
    await work();
    await sleep(onTheWayMillis + SETTLING_MILLIS);
  } finally {
    for (const { input } of captures) input.end("end\n");
  }
  const [first, second] = await Promise.all(captures.map(({ ended }) => ended));
  if (first === undefined || second === undefined) throw new TypeError("a link has two ends");
  return { first: first.sightings, second: second.sightings, missing: first.missing + second.missing };
}

interface Capture {
  input: PassThrough;
  ended: Promise<{ sightings: Sighting[]; missing: number }>;
}

/** Resolves once packets are seen. */
async function startCapture(engine: Engine, container: string): Promise<Capture> {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const [file, complaints] = [buffer(output), new PassThrough()];
  const said = text(errors.pipe(complaints));
  const listening = new Promise<void>((resolve) => {
    errors.on("data", (chunk: Buffer) => chunk.includes("listening on") && resolve());
  });
  const status = execute(engine, container, CAPTURE_COMMAND, { input, output, errors });
  const ended = status.then(async () => {
    output.end();
    errors.end();
    return { sightings: parseCaptureFile(await file), missing: parseUncaptured(await said) ?? 0 };
  });
  ended.catch(() => {});
  await Promise.race([listening, ended]);
  return { input, ended };
}

/** What a tool said of its failure: iperf3 says it in JSON on stdout, the others on stderr. */
function reason(stdout: string, stderr: string, status: number, limit: number): string {
  const said = /"error":\s*"([^"]*)"/.exec(stdout)?.[1] ?? stderr.trim();
  const ended = status === 124 || status === 137 ? `it did not end within ${limit} s` : `exit ${status}`;
  return said === "" ? ended : `${said} (${ended})`;
}
