// `topology logs HOST`: the log of a host or link so far, a line of JSON per event.

import { connectDocker } from "../apply/docker.ts";
import { logLines } from "../apply/logs.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { chooseContainer } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

export async function logs([host = ""]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const { name } = chooseContainer(await observeTestbeds(engine), host);
  const lines = await Array.fromAsync(logLines(engine, name));
  await output.result({ container: name, lines }, () => lines.join("\n"));
  return 0;
}
