// What the containers of a testbed, and the machine beneath them, have taken since they started (services/usage).

/** A container to be watched; `pid` is its first process, as the machine numbers it. */
export interface Watched {
  host: string;
  role: string;
  id: string;
  pid: number;
}

export interface ContainerUsage {
  cpuSeconds: number;
  /** Without page cache that can be given back at once. */
  memoryBytes: number;
  /** null: no limit. */
  memoryLimitBytes: number | null;
  /** Over all interfaces but the loopback. */
  receivedBytes: number;
  sentBytes: number;
}

export interface MachineUsage {
  cores: number;
  /** All but idle and waiting for a disk; guests are in user time already. */
  busySeconds: number;
  /** Of it in soft interrupts, where the kernel does most of the work of networks. */
  softirqSeconds: number;
}

export interface UsageReading {
  atMillis: number;
  machine: MachineUsage;
  /** Null: the container has ended. */
  containers: { host: string; usage: ContainerUsage | null }[];
}
