// One machine carries the packets of all links that are measured at once, and is itself the
// instrument. Samples share it as far as it carries them without delaying others; a sample that
// fills it has it alone, in the order of the requests.

/**
 * Does `work`, which sends this many packets per second, once there is room for them. Work of 0 has
 * its room already, as a part of other work.
 */
export type Share = <Result>(packetsPerSecond: number, work: () => Promise<Result>) => Promise<Result>;

/**
 * The load that a machine of two processors carries with time to spare; each packet passes a
 * sender, a link and two captures.
 */
const PACKETS_PER_SECOND = 14_000;

export function shareMachine(capacity = PACKETS_PER_SECOND): Share {
  let taken = 0;
  const waiting: { wanted: number; begin: () => void }[] = [];
  const admit = () => {
    for (let [next] = waiting; next !== undefined && taken + next.wanted <= capacity; [next] = waiting) {
      taken += next.wanted;
      waiting.shift();
      next.begin();
    }
  };
  return async (packetsPerSecond, work) => {
    if (packetsPerSecond === 0) return work();
    // Whole numbers, which give back exactly what they took.
    const wanted = Math.min(Math.ceil(packetsPerSecond), capacity);
    const { promise: hasRoom, resolve: begin } = Promise.withResolvers<void>();
    waiting.push({ wanted, begin });
    admit();
    await hasRoom;
    try {
      return await work();
    } finally {
      taken -= wanted;
      admit();
    }
  };
}
