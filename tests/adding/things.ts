// Everything that CONTRIBUTING says how to add. A new row of its table needs a line here.

import type { Addition } from "./addition.ts";
import * as calibration from "./calibration.ts";
import * as commands from "./commands.ts";
import * as link from "./link.ts";
import * as roles from "./roles.ts";
import * as rudp from "./rudp.ts";
import * as server from "./server.ts";
import * as studies from "./studies.ts";
import * as watching from "./watching.ts";

export const THINGS: readonly Addition[] = [
  link,
  calibration,
  roles,
  server,
  rudp,
  commands,
  watching,
  studies,
].flatMap((each) => Object.values(each));
