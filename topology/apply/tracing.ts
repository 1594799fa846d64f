// A host's tracing container: an attendant with NET_RAW in which lib/trace/sample.pl reads the TCP
// connections of the host's network namespace, whatever server they belong to. Its processor time
// is its own and not the host's.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { SAMPLER } from "../../lib/contract/places.ts";
import type { TraceBounds } from "../../lib/contract/trace.ts";
import { RttlabError } from "../../lib/errors.ts";
import { type Attendant, startAttendant } from "./attendant.ts";
import type { Engine } from "./docker.ts";
import { execute } from "./exec.ts";

export async function startTracing(engine: Engine, tracing: Omit<Attendant, "capabilities" | "files">): Promise<void> {
  await startAttendant(engine, { ...tracing, capabilities: ["NET_RAW"] });
}

/** The sampler ends with its input, and so with its client. */
const UNTIL_INPUT_ENDS = 'perl "$@" & sampler=$!; read -r end; kill $sampler; wait $sampler';

/**
 * Samples the TCP connections of an address from now on. Resolves to a function that ends the
 * sampling and returns its lines. Throws E_TRACE with the sampler's output.
 */
export function sampleTcp(
  engine: Engine,
  name: string,
  address: string,
  { everyMillis, samples }: TraceBounds,
): () => Promise<string> {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const [lines, said] = [text(output), text(errors)];
  const sampler = [SAMPLER, "-", String(everyMillis), String(samples), "tcp", address];
  const command = ["sh", "-c", UNTIL_INPUT_ENDS, "sh", ...sampler];
  const ended = execute(engine, name, command, { input, output, errors });
  ended.catch(() => {}); // reported when the lines are fetched
  return async () => {
    input.end();
    const status = await ended;
    output.end();
    errors.end();
    if (status !== 0) throw new RttlabError("E_TRACE", `tracing ${name}: ${(await said).trim() || `exit ${status}`}`);
    return lines;
  };
}
