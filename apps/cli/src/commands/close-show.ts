/** `close list` and `close show`: what closes recorded, in words. */
import {
  changedItems,
  detailsOf,
  loadState,
  monthStates,
  type CloseDetails,
  type CloseFindings,
  type MonthState,
} from "@countersign/application";
import type { DecidedUnknown } from "@countersign/assessment";
import { ProblemError } from "@countersign/kernel";
import type { MonthClosedBody } from "@countersign/records";
import { nameFinder, withReading, type Common, type Shell } from "./shared.ts";

/** Of the items behind one entry: a change of format may touch all of them. */
export const ITEMS_MAX = 50;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

export async function listCloses(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const { window, sampleData } = loaded.program;
    const states = monthStates((await loadState(ctx)).rows("month.closed"), window, ctx.clock.now());
    if (options.json === true) {
      shell.output.json(
        states.map(({ month, state, closes }) => ({
          ...month,
          state,
          closes: closes.map(({ record, recordedAt, body }) => ({ record, recordedAt, ...body })),
        })),
      );
      return;
    }
    const { print } = shell.output;
    const nameOf = await nameFinder(session);
    if (sampleData) print("SAMPLE DATA: an invented company");
    for (const state of states) print(monthLine(state, nameOf));
    const due = states.find(({ state }) => state === "due");
    if (due !== undefined) print(`next: countersign close ${due.month.id}`);
  });
}

function monthLine({ month, state, close, closes }: MonthState, nameOf: (person: string) => string): string {
  const days = `${month.id}  ${month.from} through ${month.through}`;
  if (close === undefined) return `${days}  ${state === "due" ? "due" : "not over"}`;
  const { body } = close;
  const items = body.populations.reduce((sum, { count }) => sum + count, 0);
  const parts = [
    counted(items, "item"),
    `${body.unknown.open} unknown open`,
    ...(body.unknown.explained > 0 ? [`${body.unknown.explained} explained`] : []),
    ...(body.unknown.carried > 0 ? [`${body.unknown.carried} carried`] : []),
    ...(body.earlier.length > 0
      ? [`${counted(body.earlier.length, "earlier month")} changed since: close show`]
      : []),
  ];
  const by = body.person === undefined ? "" : ` by ${nameOf(body.person)}`;
  const again = closes.length > 1 ? `, ${closes.length} closes` : "";
  return `${days}  closed ${close.recordedAt}${by}${again}: ${parts.join(", ")}`;
}

export async function showClose(shell: Shell, month: string, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx, loaded } = session;
    const log = await loadState(ctx);
    const states = monthStates(log.rows("month.closed"), loaded.program.window, ctx.clock.now());
    const found = states.find((each) => each.month.id === month);
    if (found?.close === undefined)
      throw new ProblemError({
        code: "close-unknown-month",
        what:
          found === undefined ? `the window has no month ${JSON.stringify(month)}` : `${month} is not closed`,
        next: found?.state === "due" ? `countersign close ${month}` : "countersign close list",
      });
    const shown = found.closes.map((close) => {
      const details = detailsOf(ctx, close);
      return {
        close,
        details,
        items: (details?.earlier ?? []).map((entry) =>
          changedItems(ctx, log, close.body.window, entry, ITEMS_MAX),
        ),
      };
    });
    if (options.json === true) {
      shell.output.json(
        shown.map(({ close, details, items }) => ({
          record: close.record,
          recordedAt: close.recordedAt,
          ...close.body,
          details: details ?? null,
          changedItems: items,
        })),
      );
      return;
    }
    const { print } = shell.output;
    const nameOf = await nameFinder(session);
    if (loaded.program.sampleData) print("SAMPLE DATA: an invented company");
    for (const { close, details, items } of shown) {
      const by = close.body.person === undefined ? "" : ` by ${nameOf(close.body.person)}`;
      print(`${month}: closed ${close.recordedAt}${by} · record ${close.record} · run ${close.body.run}`);
      if (close.body.again !== undefined)
        print(`closed again, after ${close.body.again.close}: ${close.body.again.reason}`);
      for (const line of closeLines(close.body, details, nameOf, items)) print(line);
    }
  });
}

type Counted = Pick<
  MonthClosedBody | Omit<CloseFindings, "parts">,
  "from" | "through" | "populations" | "earlier" | "counts" | "unknown" | "differences" | "unread" | "window"
>;

/** @param items behind each entry of `earlier`, where they were looked up */
export function closeLines(
  body: Counted,
  details: CloseDetails | undefined,
  nameOf: (person: string) => string,
  items: readonly (readonly { readonly id: string; readonly what: string }[])[] = [],
): readonly string[] {
  const states = Object.entries(body.counts).filter(([, count]) => count > 0);
  const lines = [
    `  ${body.from} through ${body.through} ${body.window.zone}`,
    `  results  ${states.length === 0 ? "none" : states.map(([state, count]) => `${count} ${state.replaceAll("-", " ")}`).join(", ")}`,
    ...body.populations
      .filter(({ count }) => count > 0)
      .map(
        ({ population, version, kind, count, root }) =>
          `  ${String(count).padStart(7)}  ${population}@${version} (${kind})  root ${root.slice(0, 16)}…`,
      ),
  ];
  const empty = body.populations.filter(({ count }) => count === 0).map(({ population }) => population);
  if (empty.length > 0) lines.push(`        0  ${empty.join(", ")}`);
  if (details === undefined) return [...lines, "  the details were erased; the counts stay"];
  for (const unknown of details.unknowns) lines.push(unknownLine(unknown, nameOf));
  for (const { population, unresolved } of details.differences)
    lines.push(
      `  differs  ${population}: ${counted(unresolved, "difference")} unresolved: countersign population list`,
    );
  for (const { control, activity, occurrence, state, due } of details.untimely)
    lines.push(`  ${state.padEnd(7)}  ${control} ${activity} ${occurrence}, due ${due}`);
  for (const { source, through } of details.unread)
    lines.push(
      `  unread   ${source}: ${through === undefined ? "no complete read" : `no complete read of the month, the last one goes through ${through}`}: countersign collect ${source}`,
    );
  for (const [index, entry] of details.earlier.entries()) {
    lines.push(
      `  changed  ${entry.month}, ${entry.after.population}: ${entry.added} added, ${entry.removed} removed, ${entry.changed} changed since its close`,
    );
    for (const { id, what } of items[index] ?? []) lines.push(`             ${what.padEnd(7)}  ${id}`);
    const shown = items[index]?.length ?? 0;
    const all = entry.added + entry.removed + entry.changed;
    if (shown > 0 && shown < all) lines.push(`             and ${all - shown} more`);
  }
  return lines;
}

function unknownLine(unknown: DecidedUnknown, nameOf: (person: string) => string): string {
  const { month, control, activity, reason, suppliedBy, count } = unknown;
  const why = `${reason.replaceAll("-", " ")}${suppliedBy === undefined ? "" : `, ${suppliedBy} would supply it`}`;
  const decided =
    unknown.decision === "explained"
      ? `explained by ${nameOf(unknown.person)}: ${unknown.words}`
      : `open, with ${unknown.owner === undefined ? "nobody by name" : nameOf(unknown.owner)}`;
  return `  unknown  ${month}  ${control}/${activity}: ${count} (${why}): ${decided}`;
}
