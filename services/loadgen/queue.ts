// Requests that wait, by their intended start: a ring, whose ends cost the same however long it is,
// and which takes no memory for what comes and goes.

interface Intended {
  intendedMillis: number;
}

export class Queue<Item extends Intended> {
  /** As many places as a power of two. */
  #items: (Item | undefined)[] = new Array(16).fill(undefined);
  #first = 0;
  length = 0;

  /** The one that should have begun first. */
  get first(): Item | undefined {
    return this.#items[this.#first];
  }

  /** Of equal starts the one that is given first comes first. Quick for the latest start of all. */
  add(item: Item): void {
    if (this.length === this.#items.length) this.#double();
    const items = this.#items;
    const mask = items.length - 1;
    let at = this.#first + this.length;
    for (; at > this.#first; at--) {
      const before = items[(at - 1) & mask] as Item;
      if (before.intendedMillis <= item.intendedMillis) break;
      items[at & mask] = before;
    }
    items[at & mask] = item;
    this.length += 1;
  }

  /** Takes the first away. */
  shift(): Item | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#items[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#items.length - 1);
    this.length -= 1;
    return item;
  }

  #double(): void {
    const items = this.#items;
    const inOrder = [...items.slice(this.#first), ...items.slice(0, this.#first)];
    this.#items = [...inOrder, ...new Array(items.length).fill(undefined)];
    this.#first = 0;
  }
}
