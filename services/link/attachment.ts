// Whether an interface is still the one that packets cross. Docker removes it when the container is
// disconnected from a network, and adds another, often of the same name, when it is connected
// again. A socket that was bound to the first receives nothing any more.

import { readFileSync } from "node:fs";

/**
 * Remembers the interface that has the name now; the returned function says whether it still has
 * it.
 */
export function attachment(name: string): () => boolean {
  const index = indexOf(name);
  return () => index !== null && indexOf(name) === index;
}

/** The kernel's index of an interface, which is never reused. */
function indexOf(name: string): string | null {
  try {
    return readFileSync(`/sys/class/net/${name}/ifindex`, "utf8");
  } catch {
    return null;
  }
}
