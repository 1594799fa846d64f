// Field lines of a response by their octets (RFC 9110 section 5, RFC 9112 section 5).

const [TAB, CR, SPACE, COLON] = [9, 13, 32, 58] as const;

/** Whether an octet may stand in a field's name (token, RFC 9110 section 5.6.2). */
const IS_TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
  IS_TOKEN[character.charCodeAt(0)] = 1;

/** Where the colon is; -1 if it is no field line. */
export function isFieldLine(bytes: Buffer, start: number, end: number): number {
  let colon = start;
  while (colon < end && IS_TOKEN[bytes[colon] as number] === 1) colon++;
  if (colon === start || colon === end || bytes[colon] !== COLON) return -1;
  for (let at = colon + 1; at < end; at++) if (bytes[at] === CR) return -1;
  return colon;
}

/** Whether the octets from `start` on are `name`, which is lower-case; case does not matter. */
export function nameIs(bytes: Buffer, start: number, name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const wanted = name.charCodeAt(at);
    const octet = bytes[start + at] as number;
    const isUpper = octet >= 65 && octet <= 90;
    if ((isUpper ? octet + 32 : octet) !== wanted) return false;
  }
  return true;
}

/** The value of Content-Length, of which equal repetitions count as one; -1: it is none. */
export function lengthOf(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] as number)) at++;
  let last = end;
  while (last > at && isBlank(bytes[last - 1] as number)) last--;
  let value = 0;
  for (let index = at; index < last; index++) {
    const digit = (bytes[index] as number) - 48;
    if (digit < 0 || digit > 9) return lengthOfList(trimmed(bytes, start, end));
    value = value * 10 + digit;
  }
  return at === last || last - at > 15 ? -1 : value;
}

function lengthOfList(text: string): number {
  const [first = "", ...more] = text.split(",").map((item) => item.trim());
  return /^\d{1,15}$/.test(first) && more.every((item) => item === first) ? Number(first) : -1;
}

/** The options of a Connection field that decide whether the connection is kept. */
export function connectionOf(bytes: Buffer, start: number, end: number): { closes: boolean; keeps: boolean } {
  let at = start;
  while (at < end && isBlank(bytes[at] as number)) at++;
  if (end - at === 10 && nameIs(bytes, at, "keep-alive")) return KEEPS;
  if (end - at === 5 && nameIs(bytes, at, "close")) return CLOSES;
  const options = trimmed(bytes, start, end)
    .toLowerCase()
    .split(",")
    .map((option) => option.trim());
  return { closes: options.includes("close"), keeps: options.includes("keep-alive") };
}

const KEEPS = { closes: false, keeps: true };
const CLOSES = { closes: true, keeps: false };

/** A value without the blanks around it. */
export function trimmed(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end).trim();
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}
