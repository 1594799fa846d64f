// Calibrates running links: makes probes with the functions that make hosts, measures, stores the
// result at the link's agent, and removes the probes whatever happened.

import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import { RttlabError } from "../../lib/errors.ts";
import { removeContainer, runContainer } from "../apply/container.ts";
import type { Engine } from "../apply/docker.ts";
import { measureLink } from "./measure.ts";
import { type ProbeSite, probeSpec } from "./probe.ts";
import { type Share, shareMachine } from "./share.ts";
import { type OpenTools, openTools } from "./tools.ts";
import type { LinkUnderTest, MeasureOptions } from "./under-test.ts";

/** A running link, and where its probes are to stand. */
export interface CalibrationTarget extends ProbeSite {
  /** The link's container. */
  container: string;
  backend: string;
  settings: LinkUnderTest["settings"];
  /** Identifies the measured settings; the agent stores no result of others. */
  revision: string;
}

/** Starting two containers keeps a processor as busy as this many packets. */
const STARTING_PACKETS_PER_SECOND = 5000;

export interface CalibrationOptions extends MeasureOptions {
  onStep?: (step: string) => void;
  /** Nothing is sent before it resolves; the probes start meanwhile. */
  areQuiet?: Promise<unknown>;
  /** The share of the machine, with other links that are measured at the same time. */
  share?: Share;
  /** Ends the measuring at once; the link is put back and the probes are removed all the same. */
  signal?: AbortSignal;
}

/**
 * Measures one link; what is out of tolerance is in the result. Rejects with E_MEASUREMENT when a
 * tool fails, E_INTERRUPTED when `signal` aborted.
 */
export async function calibrateLink(
  engine: Engine,
  target: CalibrationTarget,
  { onStep = () => {}, share = shareMachine(), areQuiet, signal, ...options }: CalibrationOptions = {},
): Promise<LinkCalibration> {
  const specs = ([0, 1] as const).map((at) => probeSpec(target, at));
  const remove = () => Promise.all(specs.map(({ name }) => removeContainer(engine, name)));
  const interrupted = () => void remove().catch(() => {}); // what is removed ends what runs in it
  let tools: OpenTools | undefined;
  await remove();
  signal?.addEventListener("abort", interrupted);
  try {
    onStep("starting probes");
    await share(STARTING_PACKETS_PER_SECOND, () =>
      Promise.all(specs.map((spec) => runContainer(engine, spec, signal))),
    );
    const test = underTest(target);
    tools = await openTools(engine, test, share, onStep);
    await areQuiet;
    const calibration = await measureLink(test, tools, options);
    const result = { calibration, revision: target.revision };
    await Promise.all([tools.ask(target.container, "link.calibrated", result), remove()]);
    return calibration;
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new RttlabError("E_INTERRUPTED", `calibrating ${target.link}: interrupted`);
  } finally {
    signal?.removeEventListener("abort", interrupted);
    await Promise.all([tools?.close(), remove()]);
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
