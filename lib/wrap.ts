// Text in lines of at most so many characters, broken at its blanks. A word that is longer has a
// line of its own.

export function wrapped(content: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of content.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
