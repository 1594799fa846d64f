// TCP in a host, by the kernel's counters of its network namespace. A loss event is a loss, or
// several in one window, that TCP detected and answered once: a recovery with or without SACK, a
// tail repaired by its probe, or a time-out, of which each doubling counts. Sources: tcp_input.c,
// tcp_timer.c, and snmp_counter.rst of the kernel.

export interface TcpCounts {
  lossEvents: number;
  timeouts: number;
  resentSegments: number;
}

/** The files with the counters, as `cat` prints them one after another. */
export const TCP_COUNTER_FILES = ["/proc/net/netstat", "/proc/net/snmp"];

const LOSS_EVENTS = ["TCPSackRecovery", "TCPRenoRecovery", "TCPLossProbeRecovery", "TCPTimeouts"];

/** Reads lines in pairs, names and then values, each pair with its group's name in front. */
export function readTcpCounts(text: string): TcpCounts {
  const lines = text.trim().split("\n");
  const counts = new Map<string, number>();
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [names = [], values = []] = [lines[at], lines[at + 1]].map((line) => line?.split(" "));
    for (const [column, name] of names.entries()) counts.set(`${names[0]}${name}`, Number(values[column]));
  }
  const count = (group: string, name: string) => counts.get(`${group}:${name}`) ?? 0;
  return {
    lossEvents: LOSS_EVENTS.reduce((sum, name) => sum + count("TcpExt", name), 0),
    timeouts: count("TcpExt", "TCPTimeouts"),
    resentSegments: count("Tcp", "RetransSegs"),
  };
}
