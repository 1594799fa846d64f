// Dates of HTTP (RFC 9110 section 5.6.7): IMF-fixdate is sent, the two obsolete forms are read as well.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";
const IMF_FIXDATE = new RegExp(`^${DAYS}, (\\d\\d) (\\w{3}) (\\d{4}) ${TIME} GMT$`);
const RFC850_DATE = new RegExp(`^${LONG_DAYS}, (\\d\\d)-(\\w{3})-(\\d\\d) ${TIME} GMT$`);
const ASCTIME_DATE = new RegExp(`^${DAYS} (\\w{3}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/** The date as IMF-fixdate; `millis` since the epoch. */
export function formatDate(millis: number): string {
  return new Date(millis).toUTCString();
}

/** Milliseconds since the epoch, or undefined when the text is no HTTP date. `nowMillis` settles the century of two-digit years. */
export function parseDate(text: string, nowMillis: number): number | undefined {
  const imf = IMF_FIXDATE.exec(text);
  if (imf !== null) return utc(imf[3], imf[2], imf[1], imf.slice(4));
  const asctime = ASCTIME_DATE.exec(text);
  if (asctime !== null) return utc(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6));
  const rfc850 = RFC850_DATE.exec(text);
  if (rfc850 === null) return undefined;
  return utc(String(fullYear(Number(rfc850[3]), nowMillis)), rfc850[2], rfc850[1], rfc850.slice(4));
}

/** A two-digit year that seems more than 50 years ahead is the most recent one in the past with these digits. */
function fullYear(twoDigits: number, nowMillis: number): number {
  const thisYear = new Date(nowMillis).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function utc(year?: string, monthName?: string, day?: string, time: string[] = []): number | undefined {
  const month = MONTHS.indexOf(monthName ?? "");
  const [hours, minutes, seconds] = time.map(Number) as [number, number, number];
  const days = Number(day);
  if (month === -1 || days < 1 || days > 31 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  return Date.UTC(Number(year), month, days, hours, minutes, seconds);
}
