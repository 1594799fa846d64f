// Texts that differ in their numbers alone, such as the reasons of void runs, as one text each. A
// number that they share stays; one in which they differ becomes its range.

/** A number, but no part of a name (`wan-2`) or of an address. */
const NUMBER = /(?<![\w.-])\d+(?:\.\d+)?/g;

/** Groups by the text without its numbers, in the order in which they begin. */
export function groupAlike<Item>(
  items: Iterable<Item>,
  textOf: (item: Item) => string,
): { text: string; items: readonly Item[] }[] {
  const groups = Map.groupBy(items, (item) => textOf(item).replace(NUMBER, "0"));
  return [...groups.values()].map((alike) => ({ text: commonText(alike.map(textOf)), items: alike }));
}

function commonText(texts: readonly string[]): string {
  const numbers = texts.map((text) => text.match(NUMBER) ?? []);
  let place = -1;
  return (texts[0] ?? "").replace(NUMBER, () => {
    place += 1;
    const found = [...new Set(numbers.map((each) => each[place] as string))].sort((a, b) => Number(a) - Number(b));
    return found.length === 1 ? (found[0] as string) : `${found[0]} to ${found.at(-1)}`;
  });
}
