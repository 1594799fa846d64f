// Ties a process to its parent (prctl(2), PR_SET_PDEATHSIG).

import * as libc from "./libc.ts";

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9n;

/** The kernel kills this process when its parent ends; it ends now if that has happened already. */
export function endWithParent(parent: number): void {
  libc.checked("prctl", libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0n, 0n, 0n));
  if (process.ppid !== parent) process.exit();
}
