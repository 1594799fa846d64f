// Calibrates running links: makes probes with the same functions that make hosts, measures, has the link's agent hold the
// result, takes the probes away again, whatever happened.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { RttlabError } from "../../lib/errors.ts";
import type { LinkCalibration } from "../../lib/results.ts";
import { removeContainer, runContainer } from "../apply/container.ts";
import type { Engine } from "../apply/docker.ts";
import { execute, requestService } from "../apply/exec.ts";
import { wireHost } from "../apply/wiring.ts";
import { whileHeld } from "./hold.ts";
import { type LinkUnderTest, measureLink, type Tools } from "./measure.ts";
import type { Undelivered } from "./measurements/conservation.ts";
import { type ProbeSite, probeSpec, probeWiring } from "./probe.ts";

/** A running link, and where its probes are to stand. */
export interface CalibrationTarget extends ProbeSite {
  /** The link's container. */
  container: string;
  backend: string;
  settings: LinkUnderTest["settings"];
  /** Names the settings that are measured; the agent holds no result of others. */
  revision: string;
}

/** No measurement takes as long; one that does has lost its other end. */
const COMMAND_SECONDS = 20;

export interface CalibrationOptions {
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
  { onStep = () => {}, signal }: CalibrationOptions = {},
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
    const calibration = await measureLink(underTest(target), toolsOf(engine, target.container, onStep));
    await requestService(engine, target.container, { op: "calibrated", calibration, revision: target.revision });
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
    ...{ link, container, backend, settings },
    ...{ between: [first.network, second.network], ends: [end(0), end(1)] },
  };
}

function toolsOf(engine: Engine, link: string, onStep: (step: string) => void): Tools {
  return {
    onStep,
    async run(container, command, mayFail = false) {
      const [output, errors] = [new PassThrough(), new PassThrough()];
      const printed = Promise.all([text(output), text(errors)]);
      const bounded = ["timeout", "-k", "1", String(COMMAND_SECONDS), ...command];
      const signal = AbortSignal.timeout(2 * COMMAND_SECONDS * 1000); // of a container that is paused
      const status = await execute(engine, container, bounded, { output, errors, signal }).catch((error: Error) => {
        if (!signal.aborted) throw error;
        const reason = `it did not end within ${2 * COMMAND_SECONDS} s`;
        throw new RttlabError("E_MEASUREMENT", `running ${command.join(" ")} in ${container}: ${reason}`);
      });
      output.end();
      errors.end();
      const [stdout, stderr] = await printed;
      if (status === 0 || mayFail) return stdout;
      throw new RttlabError(
        "E_MEASUREMENT",
        `running ${command.join(" ")} in ${container}: ${reason(stdout, stderr, status)}`,
      );
    },
    async undelivered() {
      const counters = await requestService(engine, link, { op: "counters" });
      const { forward, backward } = counters as unknown as Record<"forward" | "backward", Undelivered>;
      return { forward, backward };
    },
    whileBare: (work) => whileHeld(engine, link, { op: "bare", bare: true, held: true }, work),
  };
}

/** What a tool said of its failure: iperf3 says it in JSON on stdout, the others on stderr. */
function reason(stdout: string, stderr: string, status: number): string {
  const told = /"error":\s*"([^"]*)"/.exec(stdout)?.[1] ?? stderr.trim();
  const ended = status === 124 || status === 137 ? `it did not end within ${COMMAND_SECONDS} s` : `exit ${status}`;
  return told === "" ? ended : `${told} (${ended})`;
}
