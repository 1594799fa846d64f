// The user of our own services, and the tmpfs that they may write to, because their root is
// read-only.

/** The user of our images; it owns what the container may write to. */
export const USER = "1000:1000";

/** Options of the tmpfs that holds the control socket. */
export const CONTROL = "rw,nosuid,nodev,noexec,size=1m,uid=1000,gid=1000,mode=0700";

/** Of a watcher's scratch space. */
export const SCRATCH = "rw,nosuid,nodev,noexec,size=16m,mode=1777";
