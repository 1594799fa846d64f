// One direction of a simulated path, in the two stages of a real link (docs/link.md): transmission
// with rate and queue, then propagation with delay, jitter, loss, duplication, corruption and
// black-outs. Random numbers come from the caller's seeded sequence.

export interface PathSettings {
  delayMillis: number;
  /**
   * Each datagram is delayed by up to this much more, uniformly distributed. One that overtakes
   * another reorders.
   */
  jitterMillis: number;
  lossRatio: number;
  /** Loses every so many-th datagram, for models that assume periodic loss; null: none. */
  lossPeriodDatagrams: number | null;
  duplicateRatio: number;
  corruptRatio: number;
  /** null: no transmission stage. */
  rateBitsPerSecond: number | null;
  /** Datagrams that may wait for transmission, including the one being sent. */
  queueDatagrams: number;
  /** Intervals in which nothing gets through. */
  blackouts: readonly (readonly [fromMillis: number, toMillis: number])[];
}

export interface Path {
  readonly settings: PathSettings;
  readonly random: () => number;
  /** When the transmitter will have sent everything in the queue. */
  busyUntilMillis: number;
  counters: { sent: number; bytes: number; lost: number; dropped: number; duplicated: number; corrupted: number };
}

/** IPv4 and UDP headers, which take time on the link too. */
const OVERHEAD_BYTES = 28;

export const CLEAR_PATH: PathSettings = {
  delayMillis: 0,
  jitterMillis: 0,
  lossRatio: 0,
  lossPeriodDatagrams: null,
  duplicateRatio: 0,
  corruptRatio: 0,
  rateBitsPerSecond: null,
  queueDatagrams: 1000,
  blackouts: [],
};

export function createPath(settings: PathSettings, random: () => number): Path {
  const counters = { sent: 0, bytes: 0, lost: 0, dropped: 0, duplicated: 0, corrupted: 0 };
  return { settings, random, busyUntilMillis: 0, counters };
}

/** The arrivals of a datagram sent now: none, one copy or two. The given bytes are not kept. */
export function carry(path: Path, datagram: Uint8Array, nowMillis: number): { atMillis: number; bytes: Uint8Array }[] {
  const { settings, random, counters } = path;
  counters.sent++;
  counters.bytes += datagram.length;
  const leaves = transmitted(path, datagram.length, nowMillis);
  if (leaves === null) {
    counters.dropped++;
    return [];
  }
  const { lossPeriodDatagrams } = settings;
  const isTurn = lossPeriodDatagrams !== null && counters.sent % lossPeriodDatagrams === 0;
  const isOut = settings.blackouts.some(([from, to]) => leaves >= from && leaves < to);
  if (isOut || isTurn || (settings.lossRatio > 0 && random() < settings.lossRatio)) {
    counters.lost++;
    return [];
  }
  const copies = settings.duplicateRatio > 0 && random() < settings.duplicateRatio ? 2 : 1;
  counters.duplicated += copies - 1;
  return Array.from({ length: copies }, () => {
    const jitter = settings.jitterMillis > 0 ? random() * settings.jitterMillis : 0;
    return { atMillis: leaves + settings.delayMillis + jitter, bytes: possiblyDamaged(path, datagram) };
  });
}

function transmitted(path: Path, bytes: number, nowMillis: number): number | null {
  const { rateBitsPerSecond, queueDatagrams } = path.settings;
  if (rateBitsPerSecond === null) return nowMillis;
  const takes = ((bytes + OVERHEAD_BYTES) * 8000) / rateBitsPerSecond;
  const waits = Math.max(0, path.busyUntilMillis - nowMillis);
  // The queue is measured in transmission times of full data datagrams, as a queue counted in bytes
  // would be.
  const fullTakes = (1060 * 8000) / rateBitsPerSecond;
  if (waits + takes > queueDatagrams * fullTakes) return null;
  path.busyUntilMillis = nowMillis + waits + takes;
  return path.busyUntilMillis;
}

function possiblyDamaged(path: Path, datagram: Uint8Array): Uint8Array {
  const copy = datagram.slice();
  if (path.settings.corruptRatio === 0 || path.random() >= path.settings.corruptRatio) return copy;
  path.counters.corrupted++;
  const flips = 1 + Math.floor(path.random() * 8);
  for (let i = 0; i < flips; i++) {
    const at = Math.floor(path.random() * copy.length);
    copy[at] = (copy[at] as number) ^ (1 << Math.floor(path.random() * 8));
  }
  return path.random() < 0.1 ? copy.subarray(0, Math.floor(path.random() * copy.length)) : copy;
}
