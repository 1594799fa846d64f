// `topology capture LINK FILE [on=NETWORK] [seconds=60] [size=100MB] [filter]`: the packets at both
// ends of a link, or at one, as a pcap file for Wireshark and tshark. Ctrl-C ends it early.

import { EXIT, RttlabError } from "../../lib/errors.ts";
import { interruptible } from "../../lib/interruptible.ts";
import { formatQuantity } from "../../lib/units.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { memberOf, roleOf, scenarioOf } from "../plan/names.ts";
import { captureLink } from "../testbed/capture.ts";
import { chooseContainer } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

export async function capture([word = "", file = "", ...words]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const { labels } = chooseContainer(await observeTestbeds(engine), word);
  const [scenario = "", link = "", role] = [scenarioOf(labels), memberOf(labels), roleOf(labels)];
  if (role !== "link") throw new RttlabError("E_USAGE", `capturing on ${word}: it is a host, not a link`);
  const captured = await interruptible((signal) =>
    captureLink({ engine, scenario }, link, { file, words }, signal, ({ seconds }) =>
      output.progress(`capturing on ${link} for ${seconds} s; Ctrl-C ends it early`, true),
    ),
  );
  const { packets, bytes, dropped, endedBy, interfaces } = captured;
  const ends = Object.entries(interfaces).map(([network, index]) => `interface ${index} is on ${network}`);
  await output.result({ link, file, ...captured }, () =>
    [
      `${file}: ${packets} packets in ${formatQuantity(bytes, "bytes")}, ended by ${endedBy}`,
      ...(dropped > 0 ? [`tcpdump had no time for ${dropped} more`] : []),
      ends.join(", "),
    ].join("\n"),
  );
  return EXIT.done;
}
