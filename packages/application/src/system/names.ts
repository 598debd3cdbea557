/** Recorded lists of what is paid for, signed on to and connected to, beside the components and vendors of the program. */
import {
  compareText,
  epochOf,
  formatInstant,
  localDateAt,
  type EpochMs,
  type Instant,
  type TimeZone,
} from "@countersign/kernel";
import { reconcileNames, type NamedOutside, type NameReconciliation } from "@countersign/assessment";
import type { Context } from "../context.ts";
import type { LogState } from "../log-state.ts";
import { itemLinesOf } from "../read-list.ts";
import { systemOf, type Answered } from "./questions.ts";

const SERVICE_USE = "service-use";

/** One list as it was taken; a later one of the same name from the same source takes its place. */
export type NameList = {
  readonly list: string;
  readonly source: string;
  readonly listedAt: Instant;
  readonly record: string;
  readonly names: readonly string[];
  /** Why it may name more than was read; absent: the read was complete. */
  readonly incomplete?: string;
};

/** The newest of each list that was taken until then, in the order of their names. */
export function nameListsAt(ctx: Pick<Context, "blobs">, log: LogState, at: EpochMs): readonly NameList[] {
  const lists = new Map<string, NameList>();
  for (const { record, body } of log.rows("population.collected")) {
    if (body.kind !== SERVICE_USE) continue;
    const reasons = body.extraction.state === "complete" ? [] : body.extraction.reasons;
    const taken = new Map<string, { readonly listedAt: EpochMs; readonly list: string; names: string[] }>();
    let erased = 0;
    for (const line of itemLinesOf(ctx.blobs, body.items)) {
      if ("erased" in line) {
        erased++;
        continue;
      }
      const { list, name, listedAt } = line.item as unknown as {
        list: string;
        name: string;
        listedAt: string;
      };
      const when = epochOf(listedAt);
      if (when > at) continue;
      const before = taken.get(list);
      if (before === undefined || before.listedAt < when)
        taken.set(list, { listedAt: when, list, names: [name] });
      else if (before.listedAt === when) before.names.push(name);
    }
    const why = [...reasons, ...(erased > 0 ? [`${erased} of its lines were erased`] : [])].join("; ");
    for (const { list, listedAt, names } of taken.values()) {
      const key = `${body.source}\n${list}`;
      // A later read of the same list says it anew; a read that holds an older list only says nothing newer.
      const before = lists.get(key);
      if (before !== undefined && epochOf(before.listedAt) > listedAt) continue;
      lists.set(key, {
        list,
        source: body.source,
        listedAt: formatInstant(listedAt),
        record,
        names,
        ...(why !== "" && { incomplete: why }),
      });
    }
  }
  return [...lists.values()].sort((a, b) =>
    a.list === b.list ? compareText(a.source, b.source) : compareText(a.list, b.list),
  );
}

export function namesOn(lists: readonly NameList[]): readonly NamedOutside[] {
  return lists.flatMap(({ list, record, names, incomplete }) =>
    names.map((name) => ({ list, name, record, ...(incomplete !== undefined && { incomplete: true }) })),
  );
}

export type NamesNow = Answered &
  NameReconciliation & { readonly at: Instant; readonly lists: readonly NameList[] };

/** @throws ProblemError where the recorded program says nothing of its system */
export function namesAgainstProgram(ctx: Pick<Context, "blobs">, log: LogState, at: EpochMs): NamesNow {
  const { program, programRecord, recordedAt } = systemOf(ctx, log);
  const lists = nameListsAt(ctx, log, at);
  const day = localDateAt(program.window.zone as TimeZone, at);
  const found = reconcileNames(program, day, namesOn(lists));
  return { programRecord, recordedAt, at: formatInstant(at), lists, ...found };
}
