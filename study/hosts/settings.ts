// Kernel settings of a host that a study may change, by the word behind `host.NAME.`: words of the
// host's routes, which apply to traffic over links and to connections made from then on, or files
// of its network namespace or of a kernel module. Sources: ip-route(8), ip-sysctl of the kernel,
// tcp_cubic.c.

export interface HostSetting {
  range: string;
  /** The value in every testbed. */
  usual: string;
  accepts(text: string): boolean;
  /** Words of `ip route replace` after the route; the usual value needs none except congctl. */
  route?(text: string): string[];
  /** A file of /proc/sys/net/ipv4 or of tcp_cubic's parameters, and its content. */
  file?(text: string): { folder: "ipv4" | "cubic"; name: string; content: string };
}

const onOff = { range: "on or off", accepts: (text: string) => text === "on" || text === "off" };
const bit = (text: string) => (text === "on" ? "1" : "0");

function whole(least: number, most: number) {
  const accepts = (text: string) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
  return { range: `a whole number, ${least} to ${most}`, accepts };
}

export const HOST_SETTINGS: Readonly<Record<string, HostSetting>> = {
  congestion: {
    range: "a congestion control that the kernel has, such as reno, cubic or bbr",
    usual: "cubic",
    accepts: (text) => /^[a-z][a-z0-9_]*$/.test(text),
    route: (text) => ["congctl", text],
  },
  "initial-window": { ...whole(1, 1000), usual: "10", route: (text) => ["initcwnd", text] },
  "initial-receive-window": { ...whole(1, 1000), usual: "10", route: (text) => ["initrwnd", text] },
  "receive-window": {
    range: "bytes, 2048 to 1073741824, or unlimited",
    usual: "unlimited",
    accepts: (text) => text === "unlimited" || whole(2048, 2 ** 30).accepts(text),
    route: (text) => (text === "unlimited" ? [] : ["window", text]),
  },
  "advertised-segment": {
    range: "bytes, 88 to 65495, time stamps included, or usual",
    usual: "usual",
    accepts: (text) => text === "usual" || whole(88, 65_495).accepts(text),
    route: (text) => (text === "usual" ? [] : ["advmss", text]),
  },
  sack: { ...onOff, usual: "on", file: (text) => ({ folder: "ipv4", name: "tcp_sack", content: bit(text) }) },
  "slow-start-after-idle": {
    ...onOff,
    usual: "on",
    file: (text) => ({ folder: "ipv4", name: "tcp_slow_start_after_idle", content: bit(text) }),
  },
  /**
   * Of the machine and not of one host: the kernel has one switch for all of its network
   * namespaces.
   */
  hystart: { ...onOff, usual: "on", file: (text) => ({ folder: "cubic", name: "hystart", content: bit(text) }) },
};
