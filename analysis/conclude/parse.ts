// The expressions of conclusions and of model inputs, as a tree: numbers, names, quoted words,
// calls, arithmetic, comparisons, and, or, not, parentheses. There is no more, so that a study file
// computes only what its reader sees. Precedence climbing (Richards and Whitby-Strevens, "BCPL",
// 1979). A fault is thrown with its column.

export type Expression = { column: number; text: string } & (
  | { kind: "number"; value: number }
  | { kind: "word"; value: string }
  | { kind: "name"; name: string }
  | { kind: "call"; name: string; args: Expression[] }
  | { kind: "unary"; operator: "-" | "not"; operand: Expression }
  | { kind: "binary"; operator: BinaryOperator; left: Expression; right: Expression }
);

const PRECEDENCE = { or: 1, and: 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "^": 7 } as const;
const NOT = 3;
const MINUS = 6;
export type BinaryOperator = keyof typeof PRECEDENCE;

/** A fault of an expression and its column, from 1. */
export class ExpressionFault extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.name = "ExpressionFault";
    this.column = column;
  }
}

interface Token {
  kind: "number" | "word" | "name" | "sign" | "end";
  text: string;
  /** Offset in the source. */
  at: number;
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|"([^"]*)"|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|[-+*/^<>(),]))/y;

/** @throws ExpressionFault */
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let next = 0;
  const peek = () => tokens[next] as Token;
  const take = () => tokens[next++] as Token;
  const fault = (expected: string): never => {
    const { kind, text, at } = peek();
    throw new ExpressionFault(`${kind === "end" ? "it ends" : `"${text}" stands`} where ${expected} should`, at + 1);
  };
  const expect = (sign: string) => (peek().kind === "sign" && peek().text === sign ? take() : fault(`"${sign}"`));
  const spanned = (from: number) => {
    const { at, text, kind } = tokens[next - 1] as Token;
    return { column: from + 1, text: source.slice(from, at + text.length + (kind === "word" ? 2 : 0)) };
  };

  function binary(weakest: number): Expression {
    const from = peek().at;
    let left = prefix(weakest);
    for (;;) {
      if (!isOperator(peek())) return left;
      const operator = peek().text as BinaryOperator;
      const precedence = PRECEDENCE[operator];
      if (precedence < weakest) return left;
      take();
      const right = binary(operator === "^" ? precedence : precedence + 1);
      left = { kind: "binary", operator, left, right, ...spanned(from) };
    }
  }

  /** A minus behind a stronger operator takes no more than that does: 6 / -2 * 3 is -9. */
  function prefix(weakest: number): Expression {
    const { kind, text, at } = peek();
    if (kind === "word" || (text !== "not" && text !== "-")) return primary();
    take();
    const operand = binary(text === "not" ? NOT : Math.max(MINUS, weakest));
    return { kind: "unary", operator: text, operand, ...spanned(at) };
  }

  function primary(): Expression {
    const { kind, text, at } = peek();
    if (kind === "number") return { kind, value: Number(take().text), ...spanned(at) };
    if (kind === "word") return { kind, value: take().text, ...spanned(at) };
    if (kind === "name" && !isOperator(peek())) {
      take();
      if (peek().text !== "(" || peek().kind !== "sign") return { kind: "name", name: text, ...spanned(at) };
      take();
      const args: Expression[] = [];
      while (peek().text !== ")") {
        if (args.length > 0) expect(",");
        args.push(binary(1));
      }
      take();
      return { kind: "call", name: text, args, ...spanned(at) };
    }
    if (kind !== "sign" || text !== "(") return fault("a value");
    take();
    const inner = binary(1);
    expect(")");
    return inner;
  }

  const whole = binary(1);
  if (peek().kind !== "end") fault("nothing more");
  return whole;
}

/** By own properties only, because every object inherits "constructor". */
function isOperator({ kind, text }: Token): boolean {
  return kind !== "word" && Object.hasOwn(PRECEDENCE, text);
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) {
      const at = from + source.slice(from).search(/\S/);
      throw new ExpressionFault(`"${source[at]}" means nothing here`, at + 1);
    }
    const [whole, number, word, name, sign] = match;
    const at = from + whole.search(/\S/);
    if (number !== undefined) tokens.push({ kind: "number", text: number, at });
    else if (word !== undefined) tokens.push({ kind: "word", text: word, at });
    else if (name !== undefined) tokens.push({ kind: "name", text: name, at });
    else tokens.push({ kind: "sign", text: sign as string, at });
  }
  return [...tokens, { kind: "end", text: "", at: end }];
}
