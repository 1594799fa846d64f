// The kernel that forwards packets across a link: the container's own, or that of a User-Mode Linux
// guest. Both take the same tc commands.

import type { BackendName } from "../../lib/contract/link.ts";
import type { DirectionDevices, DirectionName } from "../../lib/link/link.ts";

export type Devices = Record<DirectionName, DirectionDevices>;

export interface Backend {
  readonly name: BackendName;
  readonly devices: Devices;
  /** The names of the first and second data interface in the container. */
  readonly interfaces: readonly [first: string, second: string];
  /**
   * Runs a command where the qdiscs are; resolves to its output. Throws E_LINK_COMMAND with the
   * output on a non-zero exit.
   */
  run(...command: string[]): Promise<string>;
  /** Has a shell there do this line, as `run` does a command. In a guest no other shell starts. */
  script(line: string): Promise<string>;
  /**
   * Does `tc` commands there one after another, up to the first that fails, which E_LINK_COMMAND
   * names with its reason; resolves to what each printed, as JSON with statistics. One `tc` does
   * all commands of a guest, and remembers the device of a `qdisc show dev`: show all.
   */
  tc(commands: readonly (readonly string[])[]): Promise<string[]>;
  /** The monotonic clock there, which a guest keeps for itself. */
  clockMillis(): Promise<number>;
  /**
   * Frames that found no room on the way into the guest since its start, by the direction they were
   * to take; zero where there is no guest.
   */
  missed(): Promise<Record<DirectionName, number>>;
  /** Full frames for which there is memory, in both stages of both directions together. */
  readonly holdsFrames: number;
  /** Bytes of each received frame that the devices' counters omit. */
  readonly uncountedBytes: number;
  /** Resolves with the reason when packets can no longer cross. */
  readonly ended: Promise<string>;
}

/** Both directions' devices, from the interfaces on the first and second network. */
export function devicesOf(first: string, second: string): Devices {
  return {
    forward: { ingress: first, ifb: "ifb0", egress: second },
    backward: { ingress: second, ifb: "ifb1", egress: first },
  };
}
