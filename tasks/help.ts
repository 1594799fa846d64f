// The words by which a task is asked what it does, the same for all tasks.

export const HELP_WORDS: readonly string[] = ["--help", "-h", "help"];

export function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => HELP_WORDS.includes(word));
}
