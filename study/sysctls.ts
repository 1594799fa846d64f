// The kernel's settings of TCP in the hosts, for the manifest: what decides how TCP behaves and
// differs between kernels. A setting that all hosts share stands once, another with its hosts.

/** The name of the setting that the whole machine has. */
export const HYSTART = "tcp_cubic hystart";

const NET = "/proc/sys/net/ipv4";
const SETTINGS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "tcp_congestion_control",
      "tcp_no_metrics_save",
      "tcp_slow_start_after_idle",
      "tcp_sack",
      "tcp_recovery",
      "tcp_early_retrans",
      "tcp_ecn",
      "tcp_rmem",
      "tcp_wmem",
      "tcp_autocorking",
      "tcp_moderate_rcvbuf",
      "tcp_rto_min_us",
    ].map((name) => [name, `${NET}/${name}`]),
  ),
  [HYSTART]: "/sys/module/tcp_cubic/parameters/hystart",
};
const ABSENT = "not of this kernel";

/** A line for each setting, to be run in a host. */
export const PRINT_SETTINGS: readonly string[] = [
  "sh",
  "-c",
  `for file in ${Object.values(SETTINGS).join(" ")}; do cat $file 2>/dev/null || echo ${ABSENT}; done`,
];

/** `printed` is what the command prints, by host. */
export function settingsOf(printed: ReadonlyMap<string, string>): Record<string, string> {
  const lines = [...printed].map(([host, text]) => ({ host, values: text.trimEnd().split("\n") }));
  return Object.fromEntries(
    Object.keys(SETTINGS).map((name, index) => {
      const byValue = Map.groupBy(lines, ({ values }) => (values[index] ?? ABSENT).replaceAll("\t", " "));
      const [[value] = [ABSENT]] = byValue;
      if (byValue.size <= 1) return [name, value];
      const apart = [...byValue].map(([each, hosts]) => `${each} (${hosts.map(({ host }) => host).join(", ")})`);
      return [name, apart.join("; ")];
    }),
  );
}
