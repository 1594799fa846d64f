// Whether an interface is still the one that packets cross by. Docker takes it away when the container is disconnected from a
// network, and gives another, often of the same name, when it is connected again: what was bound to the first stays deaf.

import { readFileSync } from "node:fs";

/** Remembers the interface that has the name now; what is returned says whether it has it still. */
export function attachment(name: string): () => boolean {
  const index = indexOf(name);
  return () => index !== null && indexOf(name) === index;
}

/** The kernel's number of an interface, which it never gives again. */
function indexOf(name: string): string | null {
  try {
    return readFileSync(`/sys/class/net/${name}/ifindex`, "utf8");
  } catch {
    return null;
  }
}
