/** Draws out of a package, drawn again: every part of the seed from the log itself, and the items from the frozen list. */
import { createPublicKey } from "node:crypto";
import { draw, enteredDraw, seedOf, type SeedParts } from "@countersign/assessment";
import type { DrawBody, PopulationBody, RecordBodies, StateRow } from "@countersign/records";
import { signsNonce } from "./draw.ts";
import type { LogState } from "./log-state.ts";
import { packaged, type OpenPackage } from "./read-package.ts";

type Differ = (where: string, recorded: string, reperformed: string) => void;

type Frozen = { readonly row: StateRow<"population.frozen">; readonly population: PopulationBody };

/** @returns how many draws the log holds. */
export function compareDraws(pack: OpenPackage, differ: Differ): number {
  const log = pack.state();
  const draws = log.rows("sample.drawn").map((row) => row.body);
  for (const body of draws) compareDraw(pack, log, draws, body, differ);
  return draws.length;
}

function compareDraw(
  pack: OpenPackage,
  log: LogState,
  draws: readonly DrawBody[],
  body: DrawBody,
  differ: Differ,
): void {
  const where = `draw ${body.draw}`;
  const frozen = frozenOf(log, body);
  if (frozen === undefined) {
    differ(where, "a frozen population", "no record of the freeze");
    return;
  }
  const ids = idsOf(pack, frozen.row.body, body.stratum);
  if (body.method === "census") return;
  if (body.method === "auditor-entered") {
    const entered = enteredDraw(ids, body.items);
    if (!entered.ok) differ(where, "items of the frozen population", entered.error.what);
    return;
  }
  const seed = compareSeed(pack, log, body, frozen, differ);
  compareNonce(body, differ);
  if (seed === undefined) return;
  const again = draw(ids, seed, body.size);
  const items = again.ok ? again.value : [];
  if (items.join("\n") !== body.items.join("\n"))
    differ(where, firstOf(body.items), again.ok ? firstOf(items) : again.error.what);
  compareExtension(draws, body, differ);
}

const firstOf = (items: readonly string[]) => `${items.length} items: ${items.slice(0, 5).join(", ")}`;

function frozenOf(log: LogState, body: DrawBody): Frozen | undefined {
  const row = log.rows("population.frozen").find((each) => each.record === body.frozen);
  const population = log.rows("population.collected").find((each) => each.record === row?.body.record);
  return row === undefined || population === undefined ? undefined : { row, population: population.body };
}

function* idsOf(
  pack: OpenPackage,
  frozen: RecordBodies["population.frozen"],
  stratum: DrawBody["stratum"],
): Generator<string> {
  for (const line of pack.itemLines(packaged(pack, frozen.record).items))
    if ("item" in line && (stratum === undefined || String(line.item[stratum.field] ?? "") === stratum.value))
      yield line.item.id;
}

/** The seed as it follows from the log and the nonce: what the record says of the log is compared, not believed. */
function compareSeed(
  pack: OpenPackage,
  log: LogState,
  body: DrawBody,
  { row, population }: Frozen,
  differ: Differ,
): string | undefined {
  const where = `draw ${body.draw}, seed`;
  if (body.seed === undefined) {
    differ(where, "none", "a seeded draw has one");
    return undefined;
  }
  const checkpointSize = log.indexOf(row.record) + 1;
  const facts: SeedParts = {
    origin: log.rows("log.created")[0]?.body.origin ?? "",
    checkpointSize,
    checkpointRoot: pack.rootAt(checkpointSize) ?? "",
    populationIndex: log.indexOf(row.body.record),
    populationRoot: population.items.root,
    count: population.items.count,
    nonce: body.seed.nonce,
  };
  for (const [name, fact] of Object.entries(facts) as [keyof SeedParts, string | number][])
    if (body.seed[name] !== fact) differ(`${where}, ${name}`, String(body.seed[name]), String(fact));
  const seed = seedOf(facts);
  const hex = seed.ok ? seed.value : (seed.error.why ?? seed.error.what);
  if (hex !== body.seed.hex) differ(where, body.seed.hex, hex);
  return seed.ok ? seed.value : undefined;
}

function compareNonce({ draw: id, seed, nonceOrigin }: DrawBody, differ: Differ): void {
  if (nonceOrigin.kind !== "auditor-signed" || seed === undefined) return;
  let signed: boolean;
  try {
    const key = createPublicKey({ key: Buffer.from(nonceOrigin.key, "base64"), format: "der", type: "spki" });
    signed = signsNonce(key, seed.nonce, nonceOrigin.signature);
  } catch {
    signed = false;
  }
  if (!signed) differ(`draw ${id}, nonce`, "signed with the auditor's key", "the signature does not hold");
}

/** No item is ever swapped: a larger draw begins with the one that it extends, drawn with the same seed. */
function compareExtension(draws: readonly DrawBody[], body: DrawBody, differ: Differ): void {
  if (body.extends === undefined) return;
  const earlier = draws.find((each) => each.draw === body.extends);
  const keeps =
    earlier !== undefined &&
    earlier.frozen === body.frozen &&
    earlier.seed?.hex === body.seed?.hex &&
    earlier.items.every((item, i) => body.items[i] === item);
  if (!keeps) differ(`draw ${body.draw}`, `extends ${body.extends}`, "does not begin with that draw");
}
