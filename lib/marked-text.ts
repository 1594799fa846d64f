// A text within a page that a command writes anew. It stands between two comments, of which the
// first names the command.

export interface Mark {
  name: string;
  /** The command that writes the text. */
  by: string;
}

/** The page with the text, on lines of its own, in place of what stands between its marks. */
export function withMarkedText(page: string, { name, by }: Mark, text: string): string {
  const [begin, end] = [`<!-- ${name}: ${by} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`a page without ${begin} and ${end} after it has no place for the text`);
  return `${page.slice(0, from)}${begin}\n${text}\n${page.slice(to)}`;
}
