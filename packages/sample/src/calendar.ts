/** Working days and working hours of the invented company, in its own zone. */
import {
  addDays,
  DAY_MS,
  dateOfDayNumber,
  dayNumber,
  dayOfWeek,
  startOfDay,
  type EpochMs,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import type { SeededRandom } from "./random.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export class Calendar {
  readonly zone: TimeZone;
  readonly from: LocalDate;
  readonly through: LocalDate;
  readonly holidays: readonly LocalDate[];
  readonly #starts = new Map<LocalDate, EpochMs>();

  constructor(from: LocalDate, through: LocalDate, zone: TimeZone) {
    this.from = from;
    this.through = through;
    this.zone = zone;
    this.holidays = holidaysBetween(addDays(from, -60), addDays(through, 60));
  }

  /** When the exports were taken: three days after the window's end, in the morning. */
  get exportedAt(): EpochMs {
    return this.at(addDays(this.through, 3), 6);
  }

  /** The instant as of which the sample is best assessed: noon of that day, when some terms still run. */
  get asOf(): EpochMs {
    return this.at(addDays(this.through, 3), 12);
  }

  /** Days of the window, both ends included. */
  get length(): number {
    return dayNumber(this.through) - dayNumber(this.from) + 1;
  }

  /** The window's nth day: 1 is its first. */
  day(n: number): LocalDate {
    return addDays(this.from, n - 1);
  }

  dayAfter(date: LocalDate): LocalDate {
    return addDays(date, 1);
  }

  holds(date: LocalDate): boolean {
    return date >= this.from && date <= this.through;
  }

  isBusinessDay(date: LocalDate): boolean {
    return dayOfWeek(date) <= 5 && !this.holidays.includes(date);
  }

  businessDays(from: LocalDate, through: LocalDate): LocalDate[] {
    const days: LocalDate[] = [];
    for (let date = from; date <= through; date = addDays(date, 1)) {
      if (this.isBusinessDay(date)) days.push(date);
    }
    return days;
  }

  /** The date itself, or the first business day after it. */
  nextBusinessDay(date: LocalDate): LocalDate {
    let day = date;
    while (!this.isBusinessDay(day)) day = addDays(day, 1);
    return day;
  }

  /**
   * So many hours and minutes after the day began. On the two days a year when the clock changes the wall clock may
   * differ by an hour: both are Sundays.
   */
  at(date: LocalDate, hour: number, minute = 0, second = 0): EpochMs {
    let start = this.#starts.get(date);
    if (start === undefined) {
      start = startOfDay(this.zone, date);
      this.#starts.set(date, start);
    }
    return start + hour * HOUR_MS + minute * MINUTE_MS + second * 1000;
  }

  /** Some second of the working hours, 9 to 18, with most of them around the middle of the day. */
  workingTime(date: LocalDate, random: SeededRandom): EpochMs {
    const hours = 9 + ((random.fraction() + random.fraction()) / 2) * 9;
    return this.at(date, 0) + Math.floor(hours * 3600) * 1000;
  }

  /** So many a year, in proportion for a shorter window, but at least as many as the stories that must be told. */
  inProportion(aYear: number, least: number): number {
    return Math.max(least, Math.round((aYear * this.length) / 365));
  }

  /** Times in working hours all over the window, in order. */
  workingTimes(count: number, random: SeededRandom): EpochMs[] {
    const days = this.businessDays(this.from, this.through);
    const times = Array.from({ length: count }, () => this.workingTime(random.pick(days), random));
    return times.sort((a, b) => a - b);
  }

  /** Times at any hour of any day of the window, in order. */
  anyTimes(count: number, random: SeededRandom): EpochMs[] {
    const times = Array.from({ length: count }, () =>
      this.at(
        this.day(random.integer(1, this.length)),
        random.integer(0, 23),
        random.integer(0, 59),
        random.integer(0, 59),
      ),
    );
    return times.sort((a, b) => a - b);
  }

  /** The local date, found between the beginnings of days, which are kept: asking the zone each time takes most of the time. */
  dateAt(at: EpochMs): LocalDate {
    let date = dateOfDayNumber(Math.floor(at / DAY_MS));
    while (this.at(date, 0) > at) date = addDays(date, -1);
    while (this.at(addDays(date, 1), 0) <= at) date = addDays(date, 1);
    return date;
  }

  /** A time in working hours at least so many minutes earlier: mostly the same day, else the business day before. */
  workingTimeBefore(at: EpochMs, leastMinutes: number, random: SeededRandom): EpochMs {
    const latest = at - leastMinutes * MINUTE_MS;
    const date = this.dateAt(latest);
    const room = latest - this.at(date, 9);
    if (this.isBusinessDay(date) && room > 20 * MINUTE_MS && random.chance(0.65)) {
      return this.at(date, 9) + Math.floor((random.fraction() * room) / 1000) * 1000;
    }
    let before = addDays(date, -1);
    while (!this.isBusinessDay(before)) before = addDays(before, -1);
    return this.workingTime(before, random);
  }
}

/** Public holidays that the company keeps: fixed dates, and the fourth Thursday of November. */
function holidaysBetween(from: LocalDate, through: LocalDate): LocalDate[] {
  const days: LocalDate[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(through.slice(0, 4)); year++) {
    const november = `${year}-11-01` as LocalDate;
    const thursday = addDays(november, ((4 - dayOfWeek(november) + 7) % 7) + 21);
    for (const day of [`${year}-01-01`, `${year}-07-04`, thursday, `${year}-12-25`] as LocalDate[]) {
      if (day >= from && day <= through) days.push(day);
    }
  }
  return days;
}
