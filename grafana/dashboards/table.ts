// The dashboards in the order in which people see them; the first is the home dashboard. A new one
// is a line here.

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { load } from "./load.ts";
import { rudp } from "./rudp.ts";
import { server } from "./server.ts";
import { study } from "./study.ts";
import { testbed } from "./testbed.ts";

export const DASHBOARDS: Readonly<Record<string, () => Dashboard>> = { testbed, server, load, rudp, study };
