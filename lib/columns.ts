// Rows as aligned columns, for a terminal: the one way in which commands, tables and benches line
// their cells up.

export interface Alignment {
  /** How many columns begin at the left, by default all. The others end at the right. */
  left?: number;
  /** Before each row. */
  indent?: string;
  /** Between two columns. */
  gap?: string;
}

/** A line for each row, joined. The last column begins at the left, and nothing follows it. */
export function columns(rows: readonly (readonly string[])[], alignment: Alignment = {}): string {
  const { left = Number.POSITIVE_INFINITY, indent = "", gap = "  " } = alignment;
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(cell.length, widths[column] ?? 0);
  const pad = (cell: string, column: number, row: readonly string[]) => {
    if (column === row.length - 1) return cell;
    const width = widths[column] as number;
    return column < left ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => (indent + row.map(pad).join(gap)).trimEnd()).join("\n");
}
