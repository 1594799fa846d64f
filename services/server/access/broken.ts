// The fault that makes a file of rules unusable.

export class Broken extends Error {
  /** Its line; 0 until known. */
  line = 0;
}
