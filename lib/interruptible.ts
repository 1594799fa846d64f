// Work that may be interrupted: Ctrl-C or SIGTERM aborts its signal, and the process goes on until
// the work has ended. Later signals change nothing: the clean-up is under way. SIGHUP is for those
// who ask for it, because a handler undoes nohup(1).

/** `interrupt` does what the signals do. */
export async function interruptible<T>(
  work: (signal: AbortSignal, interrupt: () => void) => Promise<T>,
  ...more: readonly NodeJS.Signals[]
): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  const signals = ["SIGINT", "SIGTERM", ...more];
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(controller.signal, interrupt);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
