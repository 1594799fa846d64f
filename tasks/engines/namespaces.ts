// Programs in namespaces of their own for mounts and processes, which end with this program, also
// by SIGKILL: the kernel then ends their process 1, with it all others, and with these the mounts.

/**
 * The words before a command that give it the namespaces; `more` are further options of unshare(1).
 * Only SIGKILL ends unshare early: it blocks SIGINT and SIGTERM.
 */
export function inNamespaces(...more: string[]): string[] {
  return ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", ...more];
}

/** Of rm, for what such programs wrote: the last of them may write for a moment after a SIGKILL. */
export const REMOVAL = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };
