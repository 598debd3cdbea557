/**
 * What one program says otherwise than another, day by day. Two programs that say the same on every day differ in how they
 * are written alone: that is kept too, so that the changes and the first program give the second one, to the byte.
 */
import { addDays, canonicalJson, type Json, type JsonObject, type LocalDate } from "@countersign/kernel";
import type { Program } from "../model.ts";
import { isOn } from "../system/dated.ts";
import { daysOf, hasDays, partsOf, programOf, type Part, type Saying, type Thing } from "./parts.ts";

export type MemberChange = { readonly member: string; readonly before?: Json; readonly after?: Json };

/** What is said otherwise of one thing, from a first through a last day. */
export type Change = {
  readonly part: Part;
  /** The thing's id in its part: of a control, a source, a vendor; "window". */
  readonly thing: string;
  /** `added`: said where nothing was said; `removed`: nothing is said where something was. */
  readonly change: "added" | "removed" | "changed";
  /** The first day on which it is different; absent: it is for every day before `through`, past ones included. */
  readonly from?: LocalDate;
  /** The last such day; absent: there is no end. */
  readonly through?: LocalDate;
  /** By name. Of what was added: all that is said; of what was removed: none. */
  readonly members: readonly MemberChange[];
};

/** How it is written, where that follows from no change: the order of a part, or days on which a version begins that says nothing new. */
export type Arrangement =
  | { readonly part: Part; readonly order: readonly string[] }
  | { readonly part: Part; readonly thing: string; readonly cuts: readonly LocalDate[] };

export type ProgramDiff = {
  readonly changes: readonly Change[];
  readonly arrangement: readonly Arrangement[];
};

/** @param before absent: nothing was recorded yet, and everything is added */
export function diffPrograms(before: Program | undefined, after: Program): ProgramDiff {
  const old = before === undefined ? new Map<Part, readonly Thing[]>() : partsOf(before);
  const changes: Change[] = [];
  const arrangement: Arrangement[] = [];
  for (const [part, now] of partsOf(after)) {
    const was = old.get(part) ?? [];
    const [wasById, nowById] = [byId(was), byId(now)];
    for (const id of new Set([...wasById.keys(), ...nowById.keys()])) {
      const [left, right] = [wasById.get(id)?.sayings ?? [], nowById.get(id)?.sayings ?? []];
      if (canonicalJson(left) === canonicalJson(right)) continue;
      const found = differencesOf(left, right).map((each) => ({ part, thing: id, ...each }));
      changes.push(...found);
      const cuts = cutsOf(right);
      if (found.length === 0 || cuts.length > 0) arrangement.push({ part, thing: id, cuts });
    }
    const order = now.map(({ id }) => id);
    if (canonicalJson(orderAfter(was, nowById)) !== canonicalJson(order)) arrangement.push({ part, order });
  }
  return { changes, arrangement };
}

/** `applyChanges(before, diffPrograms(before, after))` is `after`. */
export function applyChanges(before: Program | undefined, { changes, arrangement }: ProgramDiff): Program {
  const parts = new Map<Part, readonly Thing[]>(before === undefined ? [] : partsOf(before));
  for (const part of new Set([...changes, ...arrangement].map((each) => each.part))) {
    const things = new Map((parts.get(part) ?? []).map(({ id, sayings }) => [id, sayings]));
    const own = changes.filter((change) => change.part === part);
    for (const [id, ofThing] of Map.groupBy(own, ({ thing }) => thing)) {
      const sayings = patched(things.get(id) ?? [], ofThing);
      if (sayings.length === 0) things.delete(id);
      else things.set(id, sayings);
    }
    let order = [...things.keys()];
    for (const each of arrangement) {
      if (each.part !== part) continue;
      if ("order" in each) order = [...each.order];
      else things.set(each.thing, cut(joined(things.get(each.thing) ?? []), each.cuts));
    }
    parts.set(
      part,
      order.map((id) => ({ id, sayings: things.get(id) ?? [] })),
    );
  }
  return programOf(parts);
}

export type Reach = "onward" | "backdated" | "every-day" | "window";

/**
 * How far back a change reaches, on the day on which it is recorded: `backdated` says that its first day is earlier, and
 * `every-day` that no first day is said, so that it speaks of all past days; `window` is for what has no days at all.
 */
export function reachOf({ part, from }: Change, recordedOn: LocalDate): Reach {
  if (!hasDays(part)) return "window";
  if (from === undefined) return "every-day";
  return from < recordedOn ? "backdated" : "onward";
}

function byId(things: readonly Thing[]): ReadonlyMap<string, Thing> {
  return new Map(things.map((thing) => [thing.id, thing]));
}

/** Where nothing else is said: what stays keeps its place, and what is new stands at the end. */
function orderAfter(was: readonly Thing[], now: ReadonlyMap<string, Thing>): readonly string[] {
  const kept = was.map(({ id }) => id).filter((id) => now.has(id));
  const stays = new Set(kept);
  return [...kept, ...[...now.keys()].filter((id) => !stays.has(id))];
}

type Stretch = { readonly from?: LocalDate; readonly through?: LocalDate };

/** The longest stretches of days within each of which nothing begins and nothing ends. */
function stretchesOf(lists: readonly Stretch[]): readonly Stretch[] {
  const starts = new Set<LocalDate>();
  for (const { from, through } of lists) {
    if (from !== undefined) starts.add(from);
    if (through !== undefined) starts.add(addDays(through, 1));
  }
  const days = [undefined, ...[...starts].sort()];
  return days.map((from, index) => {
    const next = days[index + 1];
    return daysOf(from, next === undefined ? undefined : addDays(next, -1));
  });
}

/** What of a list holds in a stretch that it does not divide. */
function inStretch<T extends Stretch>(list: readonly T[], { from }: Stretch): T | undefined {
  return list.find((each) => (from === undefined ? each.from === undefined : isOn(each, from)));
}

type Difference = Omit<Change, "part" | "thing">;

function differencesOf(before: readonly Saying[], after: readonly Saying[]): readonly Difference[] {
  const found: Difference[] = [];
  for (const stretch of stretchesOf([...before, ...after])) {
    const difference = differenceOf(inStretch(before, stretch)?.said, inStretch(after, stretch)?.said);
    if (difference === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined && touch(last, stretch) && isSame(last, difference))
      found[found.length - 1] = { ...difference, ...daysOf(last.from, stretch.through) };
    else found.push({ ...difference, ...stretch });
  }
  return found;
}

function differenceOf(before: JsonObject | undefined, after: JsonObject | undefined): Difference | undefined {
  if (before === undefined && after === undefined) return undefined;
  if (after === undefined) return { change: "removed", members: [] };
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])].sort();
  const members = names.flatMap((member): MemberChange[] => {
    const [was, now] = [before?.[member], after[member]];
    if (was !== undefined && now !== undefined && canonicalJson(was) === canonicalJson(now)) return [];
    return [{ member, ...(was !== undefined && { before: was }), ...(now !== undefined && { after: now }) }];
  });
  if (before === undefined) return { change: "added", members };
  return members.length === 0 ? undefined : { change: "changed", members };
}

function isSame(one: Difference, other: Difference): boolean {
  return one.change === other.change && canonicalJson(one.members) === canonicalJson(other.members);
}

function touch({ through }: Stretch, { from }: Stretch): boolean {
  return through !== undefined && from !== undefined && addDays(through, 1) === from;
}

function patched(before: readonly Saying[], changes: readonly Change[]): readonly Saying[] {
  return joined(
    stretchesOf([...before, ...changes]).flatMap((stretch): readonly Saying[] => {
      const said = inStretch(before, stretch)?.said;
      const change = inStretch(changes, stretch);
      const now = change === undefined ? said : patchedSaid(said, change);
      return now === undefined ? [] : [{ ...stretch, said: now }];
    }),
  );
}

function patchedSaid(said: JsonObject | undefined, { change, members }: Change): JsonObject | undefined {
  if (change === "removed") return undefined;
  const now = new Map(Object.entries(said ?? {}));
  for (const { member, after } of members)
    if (after === undefined) now.delete(member);
    else now.set(member, after);
  return Object.fromEntries(now);
}

/** The same, in as few sayings as it takes. */
function joined(sayings: readonly Saying[]): readonly Saying[] {
  const all: Saying[] = [];
  for (const saying of sayings) {
    const last = all.at(-1);
    if (last !== undefined && touch(last, saying) && canonicalJson(last.said) === canonicalJson(saying.said))
      all[all.length - 1] = { said: saying.said, ...daysOf(last.from, saying.through) };
    else all.push(saying);
  }
  return all;
}

/** The days on which a saying begins that is the one before it again. */
function cutsOf(sayings: readonly Saying[]): readonly LocalDate[] {
  const starts = new Set(joined(sayings).map(({ from }) => from));
  return sayings.flatMap(({ from }) => (from === undefined || starts.has(from) ? [] : [from]));
}

function cut(sayings: readonly Saying[], cuts: readonly LocalDate[]): readonly Saying[] {
  return sayings.flatMap(({ said, from, through }) => {
    const inside = cuts.filter((day) => isOn(daysOf(from, through), day) && day !== from);
    const starts = [from, ...inside];
    return starts.map((start, index) => {
      const next = starts[index + 1];
      return { ...daysOf(start, next === undefined ? through : addDays(next, -1)), said };
    });
  });
}
