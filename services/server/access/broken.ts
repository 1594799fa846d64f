// What makes a file of rules unusable.

export class Broken extends Error {
  /** Where it stands; 0 until that is known. */
  line = 0;
}
