/* Instants, in microseconds since 1970, as people of the city write them. Null stands for no cut on a clock. */

const SECOND = 1e6;
const DAY = 86400 * SECOND;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Return the number of the last of ascending values that is not greater than a value; -1 for none. */
function lastUpTo(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Return how far the clocks of the city are ahead of UTC at an instant. */
function offsetAt(instant) {
  offsetAt.starts ??= data.offsets.map(([start]) => start);
  return data.offsets[Math.max(0, lastUpTo(offsetAt.starts, instant))][1] * SECOND;
}

/** Return the wall clock of the city at an instant, as a date whose UTC parts are to be read, and the microseconds beyond its seconds. */
function wallClock(instant) {
  const local = instant + offsetAt(instant);
  const seconds = Math.floor(local / SECOND);
  return { date: new Date(seconds * 1000), rest: local - seconds * SECOND };
}

/** Return the instants that a wall clock may mean, ascending: two where a turn of the clocks repeats or skips it. */
function readings(local) {
  const offsets = [...new Set([offsetAt(local - DAY), offsetAt(local + DAY)])];
  const all = offsets.map((offset) => local - offset).sort((a, b) => a - b);
  const real = all.filter((instant) => instant + offsetAt(instant) === local);
  return real.length ? real : all;
}

/** Return the last instant of the day that an instant lies in. */
function endOfDay(instant) {
  const local = instant + offsetAt(instant);
  return readings(Math.floor(local / DAY) * DAY + DAY - 1).pop();
}

function two(number) {
  return String(number).padStart(2, "0");
}

function isEndOfDay(instant) {
  return endOfDay(instant) === instant;
}

/** Return an instant in words: its date alone for the last of a day, else with the time. */
function inWords(instant) {
  const { date } = wallClock(instant);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  if (isEndOfDay(instant)) return day;
  const seconds = date.getUTCSeconds() ? `:${two(date.getUTCSeconds())}` : "";
  return `${day} at ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${seconds}`;
}

/** Return minutes since 1970 in words, as an event has them that was told to the minute. */
function minuteInWords(minutes) {
  const date = new Date(minutes * 60000);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** Return an instant as it is typed and kept in links: a date for the last instant of a day, else the exact time in the city. */
function written(instant) {
  if (instant === null) return "";
  const { date, rest } = wallClock(instant);
  const day = date.toISOString().slice(0, 10);
  if (isEndOfDay(instant)) return day;
  const beyond = rest ? `.${String(rest).padStart(6, "0")}` : "";
  const seconds = rest || date.getUTCSeconds() ? `:${two(date.getUTCSeconds())}${beyond}` : "";
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${seconds}`;
}

/** Return the instant that was typed: a date is its last; undefined for what is no date. */
function parsed(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z)?)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, rest, utc] = match;
  const at = Date.UTC(+year, +month - 1, +day, +(hour ?? 0), +(minute ?? 0), +(second ?? 0)) * 1000;
  if (new Date(at / 1000).toISOString().slice(0, 10) !== `${year}-${month}-${day}` || +(minute ?? 0) > 59 || +(second ?? 0) > 59) return undefined;
  if (hour === undefined) return readings(at + DAY - 1).pop();
  const exact = at + +(rest ?? "").padEnd(6, "0");
  return utc ? exact : readings(exact)[0];
}

/** Return an instant as one that the page has answers for: the end of its day where it answers for days only. */
function onGrid(instant) {
  return instant === null || data.every === "moment" ? instant : endOfDay(instant);
}

/** Return the ends of all days between two instants, and the full hours between them where there are few days. */
function positionsBetween(first, last) {
  const hourly = data.every === "moment" && last - first < 46 * DAY;
  const found = [];
  for (let end = endOfDay(first); found.length < 20000; end = endOfDay(end + 1)) {
    if (hourly) for (let hour = 23; hour >= 1; hour--) found.push(end + 1 - hour * 3600 * SECOND);
    found.push(end);
    if (end >= last) break;
  }
  return found;
}
