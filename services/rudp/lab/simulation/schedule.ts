// Future events in order of time: a binary heap. Events of equal time come out in the order they
// went in, so that a run is reproducible.

export interface Scheduled<T> {
  atMillis: number;
  order: number;
  what: T;
}

export interface Schedule<T> {
  heap: Scheduled<T>[];
  count: number;
}

export function createSchedule<T>(): Schedule<T> {
  return { heap: [], count: 0 };
}

export function nextMillis<T>({ heap }: Schedule<T>): number {
  return heap.length === 0 ? Number.POSITIVE_INFINITY : (heap[0] as Scheduled<T>).atMillis;
}

export function push<T>(schedule: Schedule<T>, atMillis: number, what: T): void {
  const { heap } = schedule;
  const item = { atMillis, order: schedule.count++, what };
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Scheduled<T>;
    if (!isBefore(item, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = item;
}

/** Removes and returns the first event; the schedule must not be empty. */
export function pop<T>({ heap }: Schedule<T>): T {
  const first = heap[0] as Scheduled<T>;
  const last = heap.pop() as Scheduled<T>;
  if (heap.length > 0) sink(heap, last);
  return first.what;
}

function sink<T>(heap: Scheduled<T>[], item: Scheduled<T>): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Scheduled<T>, heap[child] as Scheduled<T>)) child++;
    if (!isBefore(heap[child] as Scheduled<T>, item)) break;
    heap[at] = heap[child] as Scheduled<T>;
    at = child;
  }
  heap[at] = item;
}

function isBefore<T>(a: Scheduled<T>, b: Scheduled<T>): boolean {
  return a.atMillis < b.atMillis || (a.atMillis === b.atMillis && a.order < b.order);
}
