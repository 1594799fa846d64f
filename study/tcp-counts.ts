// What TCP did in a host, by the kernel's own counters of its network namespace. A loss event is a loss, or several of one
// window, that TCP noticed and answered once: a recovery begun, with SACK or without, a tail repaired by its probe, or a
// time-out, of which each doubling counts. Sources: tcp_input.c, tcp_timer.c, and snmp_counter.rst of the kernel.

export interface TcpCounts {
  lossEvents: number;
  timeouts: number;
  resentSegments: number;
}

/** The files that hold them, as `cat` prints them one after another. */
export const TCP_COUNTER_FILES = ["/proc/net/netstat", "/proc/net/snmp"];

const LOSS_EVENTS = ["TCPSackRecovery", "TCPRenoRecovery", "TCPLossProbeRecovery", "TCPTimeouts"];

/** Reads lines in pairs, names and then values, each pair with the name of its group in front. */
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
