/** The items that get a page of their own, each from raw bytes to result. */
import { hexOf, toHex } from "@countersign/kernel";
import type { Occurrence, Summary } from "@countersign/assessment";
import { inclusionProof, leafOnly, ListReader, NodeStore, rootAt } from "@countersign/ledger";
import { partNames, rawPath } from "@countersign/package-format";
import type { ItemLine, RawRef } from "@countersign/records";
import type { Context } from "../context.ts";
import { Erasures } from "../erasures.ts";
import type { LogState } from "../log-state.ts";
import type { PopulationRow } from "../populations.ts";
import type { ItemView } from "../ports/index.ts";

/** An attribute that is unknown for more items than this is described once, not item by item. */
export const UNKNOWN_PAGES_MAX = 200;
const RAW_SHOWN_MAX = 16 * 1024;

/** Every deviation, and the unknown items of attributes that have few of them. */
export function occurrencesWithPages(summary: Summary, results: Iterable<string>): Occurrence[] {
  const few = new Set<string>();
  for (const control of summary.controls)
    for (const activity of control.activities)
      for (const [i, attribute] of activity.attributes.entries())
        if (attribute.unknown <= UNKNOWN_PAGES_MAX) few.add(`${control.id}/${activity.id}/${i}`);
  const found: Occurrence[] = [];
  for (const line of results) {
    // Most lines are operated in full: looking for the words is cheaper than reading the line.
    if (!/"state":"(?:deviated|unknown|late|missed)"/.test(line)) continue;
    const occurrence = (JSON.parse(line) as { item: Occurrence }).item;
    const wanted =
      occurrence.state === "deviated" ||
      occurrence.state === "late" ||
      occurrence.state === "missed" ||
      occurrence.attributes.some(
        (result, i) =>
          result.state === "deviated" ||
          (result.state === "unknown" && few.has(`${occurrence.control}/${occurrence.activity}/${i}`)),
      );
    if (wanted) found.push(occurrence);
  }
  return found;
}

/** @param populationOf the population that an activity was tested on; none for periodic ones. */
export function itemViews(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  rows: readonly PopulationRow[],
  occurrences: readonly Occurrence[],
  populationOf: (occurrence: Occurrence) => string | undefined,
): ItemView[] {
  const byPopulation = new Map<string, Set<string>>();
  for (const occurrence of occurrences) {
    const record = populationOf(occurrence);
    if (record === undefined) continue;
    let ids = byPopulation.get(record);
    if (ids === undefined) byPopulation.set(record, (ids = new Set()));
    ids.add(occurrence.id);
  }
  const found = new Map<string, Pick<ItemView, "line" | "population" | "raw" | "proof">>();
  for (const [record, ids] of byPopulation) {
    const row = rows.find((each) => each.record === record);
    if (row !== undefined)
      for (const [id, view] of readItems(ctx, log, rows, row, ids)) found.set(`${record}\n${id}`, view);
  }
  return occurrences.map((occurrence) => ({
    occurrence,
    line: undefined,
    population: undefined,
    raw: [],
    proof: undefined,
    ...found.get(`${populationOf(occurrence) ?? ""}\n${occurrence.id}`),
  }));
}

/** Lines, raw slices and proofs of some items of one population. */
export function* readItems(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  rows: readonly PopulationRow[],
  row: PopulationRow,
  ids: ReadonlySet<string>,
): Generator<[string, Pick<ItemView, "line" | "population" | "raw" | "proof">]> {
  const nodes = new NodeStore();
  const wanted: { index: number; id: string; line: ItemLine }[] = [];
  const mayHold = oneOf(ids);
  let count = 0;
  const reader = new ListReader((bytes) => {
    const index = count++;
    const left = leafOnly(bytes);
    if (left === undefined && !mayHold(bytes)) return;
    const line = JSON.parse(bytes.toString("utf8")) as ItemLine;
    const id = "erased" in line ? `erased:${line.erased}` : line.item.id;
    if (ids.has(id)) wanted.push({ index, id, line });
  }, nodes.add);
  for (const piece of ctx.blobs.stream(row.body.items.digest)) reader.push(piece);
  const root = toHex(rootAt(count, nodes.read));
  for (const { index, id, line } of wanted)
    yield [
      id,
      {
        line,
        population: row.record,
        raw: "erased" in line ? [] : line.raw.flatMap((ref) => rawSlice(ctx, log, rows, row, ref)),
        proof: {
          leafIndex: index,
          leafHash: toHex(nodes.read(0, index)),
          path: inclusionProof(index, count, nodes.read).map(toHex),
          root,
          count,
          record: row.record,
          recordIndex: log.indexOf(row.record),
        },
      },
    ];
}

const ID_MEMBER = '"id":"';

/**
 * Whether a line may be about one of the ids: it has a member "id" of that value somewhere. Most lines are about none,
 * and looking for the member is far cheaper than reading the line.
 */
function oneOf(ids: ReadonlySet<string>): (line: Buffer) => boolean {
  // As the bytes of a canonical line spell them, one character a byte.
  const spelled = new Set(
    [...ids].map((id) => Buffer.from(JSON.stringify(id).slice(1, -1)).toString("latin1")),
  );
  // An escaped quote would end a value too early.
  if ([...spelled].some((id) => id.includes("\\"))) return () => true;
  return (line) => {
    const text = line.toString("latin1");
    for (let at = text.indexOf(ID_MEMBER); at >= 0; at = text.indexOf(ID_MEMBER, at)) {
      at += ID_MEMBER.length;
      if (spelled.has(text.slice(at, text.indexOf('"', at)))) return true;
    }
    return false;
  };
}

function rawSlice(
  ctx: Pick<Context, "blobs">,
  log: LogState,
  rows: readonly PopulationRow[],
  row: PopulationRow,
  ref: RawRef,
): ItemView["raw"] {
  const holder = ref.record === undefined ? row : rows.find((each) => each.record === ref.record);
  const position = holder?.body.raw.findIndex((raw) => raw.name === ref.file) ?? -1;
  const raw = holder?.body.raw[position];
  if (holder === undefined || raw === undefined) return [];
  const shown = Math.min(ref.length, RAW_SHOWN_MAX);
  const erasures = new Erasures(log.rows("data.erased"));
  const erased = erasures.recordOf(raw.digest);
  const { digest } = (erased === undefined ? raw : erasures.copyOf(raw.digest)) ?? raw;
  const bytes = ctx.blobs.has(digest) ? ctx.blobs.readRange(digest, ref.offset, shown) : undefined;
  const path = rawPath(holder.body.population, holder.body.version, position, raw.name);
  return [
    {
      file: raw.name,
      path: partNames(path, raw.size)[0] ?? path,
      offset: ref.offset,
      length: ref.length,
      text:
        bytes === undefined
          ? `the stored bytes ${hexOf(raw.digest).slice(0, 12)}… ${erased === undefined ? "are missing" : `were erased: record ${erased}`}`
          : Buffer.from(bytes).toString("utf8"),
      cut: shown < ref.length,
    },
  ];
}
