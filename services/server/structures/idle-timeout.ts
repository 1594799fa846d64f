// How long a connection may wait idle for its next request:
//
//   T(n) = minimum + (maximum - minimum) × max(0, 1 - n / capacity)        n: connections open now
//
// Reason: connections go idle at some rate λ and each stays for T, so by Little's law λT of them
// are held at a time. The room for them is the rest of the capacity, 1 - n / capacity of it: a
// time-out that shrinks in proportion keeps them within that room. At capacity only the minimum
// remains, in which a page's next object still finds its connection. n counts idle connections too,
// for each holds a descriptor and memory: the more wait, the shorter they may, and the number
// settles. T is computed anew at every sweep and holds for connections that already wait; a request
// starts the wait afresh.

export interface IdleTimeoutOptions {
  minimumMillis: number;
  maximumMillis: number;
  /** Connections at which the minimum is reached. */
  capacity: number;
}

/** T(n) in milliseconds. */
export function idleTimeoutMillis(openConnections: number, options: IdleTimeoutOptions): number {
  const { minimumMillis, maximumMillis, capacity } = options;
  const free = Math.max(0, 1 - openConnections / capacity);
  return minimumMillis + (maximumMillis - minimumMillis) * free;
}
