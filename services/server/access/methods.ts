// Methods as Apache's rules see them: HEAD counts as GET, and all unknown methods count as one.

/** Methods that a rule is limited to, as `methodKey` names them. */
export type Methods = ReadonlySet<string>;

const NAMED = [
  ...["GET", "PUT", "POST", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL"],
  ...["COPY", "MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL", "CHECKOUT", "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL"],
  ...["REPORT", "MKWORKSPACE", "MKACTIVITY", "BASELINE-CONTROL", "MERGE"],
];
const OTHER = "other";
const NAMES: Methods = new Set(NAMED);

/** The name under which a method counts. */
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
