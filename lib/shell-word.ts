// A word as a POSIX shell reads it back: in single quotes, but for those that are plain.

export function shellWord(word: string): string {
  return /^[\w./:%@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
