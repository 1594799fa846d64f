// Limits the time in which a peer takes nothing of the output that waits for it. The peer's
// acknowledgements tell. That the kernel takes nothing says little: its buffer holds megabytes and
// is reported as free again by a third, so a slow reader that takes octets all the time can leave
// it full for minutes.

/** Looks at the peer within the limit; it expires late by the time of one of them at most. */
const LOOKS = 10;

export interface PeerTimeout {
  /** Output waits for the peer, from now on or as before. */
  begin(): void;
  /** None waits. */
  end(): void;
}

/** `taken`: a count that changes when the peer takes something. */
export function peerTimeout(millis: number, taken: () => number, expired: () => void): PeerTimeout {
  let looking: NodeJS.Timeout | undefined;
  let before = 0;
  let vain = 0;
  const end = () => {
    clearInterval(looking);
    looking = undefined;
  };
  const look = () => {
    const now = taken();
    vain = now === before ? vain + 1 : 0;
    before = now;
    if (vain < LOOKS) return;
    end();
    expired();
  };
  const begin = () => {
    if (looking !== undefined) return;
    vain = 0;
    looking = setInterval(look, millis / LOOKS);
  };
  return { begin, end };
}
