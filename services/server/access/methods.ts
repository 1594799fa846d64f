// Methods as Apache's rules know them: HEAD is what GET is, and what has no name counts as one more.

/** Methods that a rule is limited to, in the names of `methodKey`. */
export type Methods = ReadonlySet<string>;

const NAMED = [
  ...["GET", "PUT", "POST", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL"],
  ...["COPY", "MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL", "CHECKOUT", "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL"],
  ...["REPORT", "MKWORKSPACE", "MKACTIVITY", "BASELINE-CONTROL", "MERGE"],
];
const OTHER = "other";
const NAMES: Methods = new Set(NAMED);

/** What a method counts as. */
export function methodKey(method: string): string {
  if (method === "HEAD") return "GET";
  return NAMES.has(method) ? method : OTHER;
}

export function isNamedMethod(method: string): boolean {
  return methodKey(method) !== OTHER;
}

/** All methods but these. */
export function methodsBut(excepted: Methods): Methods {
  return new Set([...NAMED, OTHER].filter((method) => !excepted.has(method)));
}
