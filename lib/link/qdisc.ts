// A wanted queueing discipline: the words that make it, and beside them the options that `tc -j
// qdisc show` must then print, so that a stage cannot be built one way and checked another. A child
// replaces the parent's queue.

import { isDeepStrictEqual } from "node:util";

export interface Qdisc {
  kind: string;
  /** tc's words after the kind. */
  words: readonly string[];
  /** Options as tc prints them, to six digits. Omitted options must be neutral: 0 or false. */
  report: Readonly<Record<string, unknown>>;
  /** How far off options may be that the kernel keeps in steps of another unit. */
  within?: Readonly<Record<string, number>>;
  /** Options that the kernel chooses and nothing here depends on. */
  unasked?: readonly string[];
  /** A change of the parent changes this child: a tbf's limit is that of a fifo below it. */
  isSetByParent?: boolean;
  /** A change of this child would empty it, so steps of a timeline leave it as it is. */
  isKept?: boolean;
  child?: Qdisc;
}

/** The handle of a device's root qdisc, and of each child below it. */
const handleAt = (depth: number) => `${depth + 1}:`;

/** Where the child of a qdisc at this depth is attached: its only class. */
export const childParentAt = (depth: number): string => `${depth + 1}:1`;

/** The arguments of each `tc` call that builds the tree on a device without a qdisc of ours. */
export function addCommands(device: string, root: Qdisc): string[][] {
  const add = ({ kind, words, child }: Qdisc, depth: number): string[][] => {
    const place = depth === 0 ? ["root"] : ["parent", childParentAt(depth - 1)];
    const own = ["qdisc", "add", "dev", device, ...place, "handle", handleAt(depth), kind, ...words];
    return [own, ...(child === undefined ? [] : add(child, depth + 1))];
  };
  return add(root, 0);
}

/**
 * The arguments of each `tc` call that changes the tree in place, where no packet is lost;
 * undefined if the new one has other options, because those that are not given would stay. A netem
 * without other values is changed too, and begins its sequence of chance again.
 */
export function changeCommands(device: string, from: Qdisc, to: Qdisc): string[][] | undefined {
  if (from.kind !== to.kind || !hasSameForm(from.words, to.words)) return undefined;
  const isChildSet = to.child?.isSetByParent === true && from.child?.kind === to.child.kind;
  if (!isChildSet && !isDeepStrictEqual(from.child, to.child)) return undefined;
  const isSame = to.kind !== "netem" && isDeepStrictEqual(from.words, to.words);
  return isSame ? [] : [["qdisc", "change", "dev", device, "root", "handle", handleAt(0), to.kind, ...to.words]];
}

/** The tree `to` with the child of `from`, if it is to be kept and both differ in numbers only. */
export function keepChild(from: Qdisc | null, to: Qdisc | null): Qdisc | null {
  const [before, after] = [from?.child, to?.child];
  if (to === null || before === undefined || before === after || after?.isKept !== true) return to;
  return before.kind === after.kind && hasSameForm(before.words, after.words) ? { ...to, child: before } : to;
}

/** Whether two lists of words differ in numbers only. */
function hasSameForm(first: readonly string[], second: readonly string[]): boolean {
  const isNumber = (word = "") => /^\d/.test(word);
  return (
    first.length === second.length &&
    first.every((word, at) => word === second[at] || (isNumber(word) && isNumber(second[at])))
  );
}
