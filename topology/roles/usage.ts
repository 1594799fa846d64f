// `usage`, which exports the resources of every container (services/usage). It reads the kernel's
// counters and has no other rights (docs/decisions/0005-container-usage.md).

import { CONTROL_FOLDER, MACHINE_FILES } from "../../lib/contract/places.ts";
import type { WatcherRoleSpec } from "./role.ts";
import { CONTROL, SCRATCH, USER } from "./sandbox.ts";

export const usage = {
  image: "usage",
  command: () => ["node", "/rttlab/services/usage/main.ts"],
  environment: (addressOf) => ({ RTTLAB_MGMT_ADDRESS: addressOf("usage") }),
  hasMetrics: true,
  user: USER,
  memoryBytes: 128 * 1024 ** 2,
  pidsLimit: 64,
  tmpfs: { [CONTROL_FOLDER]: CONTROL, "/tmp": SCRATCH },
  reads: { [MACHINE_FILES.cgroups]: "/sys/fs/cgroup", [MACHINE_FILES.processes]: "/proc" },
  seesMachineCgroups: true,
  page: null,
} satisfies WatcherRoleSpec;
