// HTTP dates (RFC 9110 section 5.6.7): IMF-fixdate is sent, and the two obsolete forms are accepted
// too.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";
const IMF_FIXDATE = new RegExp(`^${DAYS}, (\\d\\d) (\\w{3}) (\\d{4}) ${TIME} GMT$`);
const RFC850_DATE = new RegExp(`^${LONG_DAYS}, (\\d\\d)-(\\w{3})-(\\d\\d) ${TIME} GMT$`);
const ASCTIME_DATE = new RegExp(`^${DAYS} (\\w{3}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/** `millis` since the epoch as IMF-fixdate. */
export function formatDate(millis: number): string {
  return new Date(millis).toUTCString();
}

/**
 * Milliseconds since the epoch, or undefined if the text is no HTTP date. `nowMillis` settles the
 * century of two-digit years.
 */
export function parseDate(text: string, nowMillis: number): number | undefined {
  const imf = IMF_FIXDATE.exec(text);
  if (imf !== null) return utc(imf[3], imf[2], imf[1], imf.slice(4));
  const asctime = ASCTIME_DATE.exec(text);
  if (asctime !== null) return utc(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6));
  const rfc850 = RFC850_DATE.exec(text);
  if (rfc850 === null) return undefined;
  return utcOfTwoDigits(rfc850, nowMillis);
}

/** The latest year with these two digits that is at most 50 years ahead. */
function utcOfTwoDigits([, day, month, digits, ...time]: RegExpExecArray, nowMillis: number): number | undefined {
  const now = new Date(nowMillis);
  const thisYear = now.getUTCFullYear();
  const limit = now.setUTCFullYear(thisYear + 50);
  const ahead = thisYear + 50 - ((thisYear + 50 - Number(digits)) % 100);
  const millis = utc(String(ahead), month, day, time);
  return millis === undefined || millis <= limit ? millis : utc(String(ahead - 100), month, day, time);
}

function utc(year?: string, monthName?: string, day?: string, time: string[] = []): number | undefined {
  const month = MONTHS.indexOf(monthName ?? "");
  const [hours, minutes, seconds] = time.map(Number) as [number, number, number];
  const days = Number(day);
  // Years begin with 1900 (RFC 5322 section 3.3), and a leap second is the sixty-first.
  if (month === -1 || Number(year) < 1900 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const date = new Date(Date.UTC(Number(year), month, days));
  if (date.getUTCMonth() !== month || date.getUTCDate() !== days) return undefined;
  return Date.UTC(Number(year), month, days, hours, minutes, seconds);
}
