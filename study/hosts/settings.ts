// Kernel settings of a host that a study may change, by the word behind `host.NAME.`: words of the
// host's routes, which apply to traffic over links and to connections made from then on, or files
// of its network namespace or of a kernel module. Sources: ip-route(8), ip-sysctl of the kernel,
// tcp_cubic.c.

import { either, oneOf, type TextKind, text, truth, whole } from "../../lib/fields/kinds.ts";
import { RECEIVE_BUFFER_BYTES } from "../../topology/plan/tcp.ts";

/** Its kind, as texts: they go to the kernel as they are written. */
export interface HostSetting extends TextKind<unknown> {
  /** The value in every testbed. */
  usual: string;
  /** Words of `ip route replace` after the route; the usual value needs none except congctl. */
  route?(text: string): string[];
  /** Files of /proc/sys/net/ipv4 or of tcp_cubic's parameters, and their content. */
  files?(text: string): KernelFile[];
}

/** In a content of several fields `=` leaves a field as it is. */
interface KernelFile {
  folder: "ipv4" | "cubic";
  name: string;
  content: string;
}

/** Of a full frame, with TCP's time stamps; what it takes of the kernel's memory. */
const FRAME_DATA_BYTES = 1448;
const FRAME_MEMORY_BYTES = 2304;

const onOff = truth("on", "off");
const bit = (text: string) => (text === "on" ? "1" : "0");

export const HOST_SETTINGS: Readonly<Record<string, HostSetting>> = {
  congestion: {
    ...text("a congestion control that the kernel has, such as reno, cubic or bbr", (name) =>
      /^[a-z][a-z0-9_]*$/.test(name),
    ),
    usual: "cubic",
    route: (text) => ["congctl", text],
  },
  "initial-window": { ...whole(1, 1000), usual: "10", route: (text) => ["initcwnd", text] },
  "initial-receive-window": { ...whole(1, 1000), usual: "10", route: (text) => ["initrwnd", text] },
  /**
   * By the buffer, which the kernel then does not size itself: of it the window is as much as a
   * frame's data is of the memory that the frame takes (tcp_measure_rcv_mss). A route's `window`
   * bounds nothing once data comes (findings/route-window-is-outgrown.sh).
   */
  "receive-window": {
    ...either<unknown>(oneOf("unlimited"), whole(2048, 2 ** 28)),
    allowed: "bytes, 2048 to 268435456, or unlimited",
    usual: "unlimited",
    files(text) {
      const isUnlimited = text === "unlimited";
      const bytes = isUnlimited
        ? RECEIVE_BUFFER_BYTES
        : Math.round((Number(text) * FRAME_MEMORY_BYTES) / FRAME_DATA_BYTES);
      return [
        { folder: "ipv4", name: "tcp_moderate_rcvbuf", content: isUnlimited ? "1" : "0" },
        { folder: "ipv4", name: "tcp_rmem", content: `= ${bytes} =` },
      ];
    },
  },
  "advertised-segment": {
    ...either<unknown>(oneOf("usual"), whole(88, 65_495)),
    allowed: "bytes, 88 to 65495, time stamps included, or usual",
    usual: "usual",
    route: (text) => (text === "usual" ? [] : ["advmss", text]),
  },
  sack: { ...onOff, usual: "on", files: (text) => [{ folder: "ipv4", name: "tcp_sack", content: bit(text) }] },
  /** Off is the kernel's own 2: it agrees to ECN and never asks for it (RFC 3168). */
  ecn: {
    ...onOff,
    usual: "off",
    files: (text) => [{ folder: "ipv4", name: "tcp_ecn", content: text === "on" ? "1" : "2" }],
  },
  "slow-start-after-idle": {
    ...onOff,
    usual: "on",
    files: (text) => [{ folder: "ipv4", name: "tcp_slow_start_after_idle", content: bit(text) }],
  },
  /**
   * Of the machine and not of one host: the kernel has one switch for all of its network
   * namespaces.
   */
  hystart: { ...onOff, usual: "on", files: (text) => [{ folder: "cubic", name: "hystart", content: bit(text) }] },
};
