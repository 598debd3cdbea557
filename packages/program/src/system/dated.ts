/**
 * What the company says of one thing over time: the versions of it that followed each other, each in force on the days
 * from its first through its last. On one day there is at most one.
 */
import { addDays, type LocalDate } from "@countersign/kernel";

export type InForce = {
  /** The first day; absent: since before anything that the program speaks of. */
  readonly from?: LocalDate;
  /** The last day, inclusive; absent: no end is known. */
  readonly through?: LocalDate;
};

export type Dated<T> = {
  readonly id: string;
  /** In order, without overlap. */
  readonly versions: readonly (T & InForce)[];
};

/** What is said of a thing as a file writes it: from its first day on, with what changed later. */
export type WrittenDated<T> = T &
  InForce & {
    readonly id: string;
    /** Each says what is different from its day on; the rest stays as it was. */
    readonly changes?: readonly (Partial<T> & { readonly from: LocalDate })[];
  };

/** @param written its changes in the order of their days, each after the day before it and none after `through` */
export function datedOf<T extends object>(written: WrittenDated<T>): Dated<T> {
  const { id, from, through, changes = [], ...first } = written as WrittenDated<T> & object;
  const versions: (T & InForce)[] = [];
  let said = first as unknown as T;
  let start: LocalDate | undefined = from;
  for (const { from: day, ...change } of changes) {
    versions.push({ ...said, ...daysOf(start, addDays(day, -1)) });
    said = { ...said, ...change };
    start = day;
  }
  versions.push({ ...said, ...daysOf(start, through) });
  return { id, versions };
}

function daysOf(from: LocalDate | undefined, through: LocalDate | undefined): InForce {
  return { ...(from !== undefined && { from }), ...(through !== undefined && { through }) };
}

/** Whether it is in force on the day. */
export function isOn({ from, through }: InForce, day: LocalDate): boolean {
  return (from === undefined || from <= day) && (through === undefined || day <= through);
}

/** What is said of the thing for that day; absent: it is not there then. */
export function on<T>({ versions }: Dated<T>, day: LocalDate): (T & InForce) | undefined {
  return versions.find((version) => isOn(version, day));
}

/** The things that are there on a day, with what is said of each. */
export function allOn<T>(
  things: readonly Dated<T>[],
  day: LocalDate,
): readonly (T & InForce & { readonly id: string })[] {
  return things.flatMap((thing) => {
    const said = on(thing, day);
    return said === undefined ? [] : [{ ...said, id: thing.id }];
  });
}
