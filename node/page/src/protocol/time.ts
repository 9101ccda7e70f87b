// Times as manifests write them: RFC 3339 in the one form of docs/protocol.md section 0.

const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * Unix milliseconds of `YYYY-MM-DDTHH:MM:SS[.fraction](Z|+HH:MM|-HH:MM)`, any fraction cut to milliseconds; null if the
 * text has another form or names no real time. A time before 1970 is 0: it is over in any case.
 */
export function parseTime(text: string): bigint | null {
  const found = FORM.exec(text);
  if (found === null) return null;
  const part = (at: number): number => Number(found[at] ?? "0");
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [zoneHour, zoneMinute] = [part(9), part(10)];
  const isReal =
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    zoneHour < 24 &&
    zoneMinute < 60;
  if (!isReal) return null;
  const zone = (zoneHour * 3600 + zoneMinute * 60) * (found[8] === "-" ? -1 : 1);
  const seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone;
  const millis = Number((found[7] ?? "").padEnd(3, "0").slice(0, 3));
  return seconds < 0 ? 0n : BigInt(seconds) * 1000n + BigInt(millis);
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days of whole years since 1970, then of whole months, then of this month. Years below 100 stay what they are. */
function daysSince1970(year: number, month: number, day: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  let months = 0;
  for (let each = 1; each < month; each += 1) months += daysIn(year, each);
  // 719,162 days lie between the first day of year 1 and the first of 1970.
  return before * 365 + leaps + months + day - 1 - 719_162;
}
