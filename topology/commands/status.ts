// `topology status [SCENARIO]`: hosts, links and where to look, for people; `--json` prints the
// document (testbed/status.ts).

import { columns } from "../../lib/columns.ts";
import { describeSettings } from "../../lib/link/text.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { describeOptions } from "../plan/host-options.ts";
import type { Endpoint } from "../roles/role.ts";
import { endpointOf } from "../roles/table.ts";
import { readStatus, type Status } from "../testbed/status.ts";
import { chooseScenario } from "../testbed/targets.ts";
import { describeUrls } from "../testbed/watchers.ts";
import type { Output } from "./output.ts";

export async function status([named]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const document = await readStatus(engine, testbeds, chooseScenario(testbeds, named));
  await output.result(document, () => describeStatus(document));
  return 0;
}

/** The same for people. */
export function describeStatus({ scenario, hosts, links, faults, urls }: Status): string {
  const hostRows = hosts.map(({ name, role, options, health, addresses }) => [
    name,
    `${role} ${describeOptions(options)}`.trim(),
    health,
    Object.entries(addresses)
      .map(([network, address]) => `${network} ${address}`)
      .join(", "),
    describeEndpoint(name, options.within === undefined ? endpointOf(role, options) : null),
  ]);
  const linkRows = links.map(({ name, backend, health, between, forward, backward, verdict, outside }) => [
    name,
    backend ?? "?",
    health,
    between.join(" - "),
    forward.configured === null || backward.configured === null
      ? "its agent does not answer"
      : describeSettings({ forward: forward.configured, backward: backward.configured, seed: null }),
    outside.length > 0 ? `outside: ${outside.join(", ")}` : MEASURED[verdict ?? "none"],
  ]);
  const section = (title: string, rows: string[][]) =>
    rows.length === 0 ? [] : [title, columns(rows, { indent: "  " })];
  return [
    scenario,
    ...section("hosts", hostRows),
    ...section("links", linkRows),
    ...section(
      "what is wrong",
      faults.map(({ name, fault }) => [name, fault]),
    ),
    ...section("where to look", describeUrls(urls)),
  ].join("\n");
}

/** By the verdict of a calibration without a check that is outside. */
const MEASURED = { none: "not measured since", unjudged: "measured, nothing judged", within: "measured", outside: "" };

function describeEndpoint(host: string, endpoint: Endpoint | null): string {
  return endpoint === null ? "" : endpoint.describe(host, endpoint.port);
}
