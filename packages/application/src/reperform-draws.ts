/** Draws out of a package, drawn again: every part of the seed from the log itself, and the items from the frozen list. */
import { createPublicKey } from "node:crypto";
import { draw, enteredDraw, seedOf, type SeedParts } from "@countersign/assessment";
import type { DrawBody, PopulationBody, RecordBodies, StateRow } from "@countersign/records";
import { signsNonce } from "./draw.ts";
import type { LogState } from "./log-state.ts";
import { packaged, type OpenPackage } from "./read-package.ts";

type Differ = (where: string, recorded: string, reperformed: string) => void;

type Frozen = { readonly row: StateRow<"population.frozen">; readonly population: PopulationBody };

/** Lines of a list of which only the leaf is here: erased or withheld. */
type Hidden = { count: number };

/** @returns how many draws the log holds, and for how many some items are not here. */
export function compareDraws(
  pack: OpenPackage,
  differ: Differ,
): { readonly draws: number; readonly partly: number } {
  const log = pack.state();
  const draws = log.rows("sample.drawn").map((row) => row.body);
  const partly = draws.filter((body) => compareDraw(pack, log, draws, body, differ) > 0).length;
  return { draws: draws.length, partly };
}

/** @returns how many items of the frozen population are not here. */
function compareDraw(
  pack: OpenPackage,
  log: LogState,
  draws: readonly DrawBody[],
  body: DrawBody,
  differ: Differ,
): number {
  const where = `draw ${body.draw}`;
  const hidden: Hidden = { count: 0 };
  const frozen = frozenOf(log, body);
  if (frozen === undefined) {
    differ(where, "a frozen population", "no record of the freeze");
    return 0;
  }
  const ids = idsOf(pack, frozen.row.body, body.stratum, hidden);
  if (body.method === "census") return 0;
  if (body.method === "auditor-entered") {
    const entered = enteredDraw(ids, body.items);
    if (!entered.ok && hidden.count === 0)
      differ(where, "items of the frozen population", entered.error.what);
    return hidden.count;
  }
  const seed = compareSeed(pack, log, body, frozen, differ);
  compareNonce(body, differ);
  if (seed === undefined) return 0;
  compareExtension(draws, body, differ);
  const again = draw(ids, seed, body.size);
  if (hidden.count > 0) {
    compareKnown([...idsOf(pack, frozen.row.body, body.stratum, { count: 0 })], seed, hidden, body, differ);
    return hidden.count;
  }
  const items = again.ok ? again.value : [];
  if (items.join("\n") !== body.items.join("\n"))
    differ(where, firstOf(body.items), again.ok ? firstOf(items) : again.error.what);
  return 0;
}

/** Each item's place in a draw depends on the seed and its own id alone, so those that are here can still be held to it. */
function compareKnown(
  ids: readonly string[],
  seed: string,
  hidden: Hidden,
  body: DrawBody,
  differ: Differ,
): void {
  const known = new Set(ids);
  const here = body.items.filter((id) => known.has(id));
  const again = draw(ids, seed, here.length);
  if (!again.ok || again.value.join("\n") !== here.join("\n"))
    differ(`draw ${body.draw}`, firstOf(here), again.ok ? firstOf(again.value) : again.error.what);
  const strange = body.items.length - here.length;
  if (strange > hidden.count)
    differ(
      `draw ${body.draw}`,
      `${strange} items that are not here`,
      `only ${hidden.count} lines are erased or withheld`,
    );
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
  hidden: Hidden,
): Generator<string> {
  for (const line of pack.itemLines(packaged(pack, frozen.record).items))
    if (!("item" in line)) hidden.count++;
    else if (stratum === undefined || String(line.item[stratum.field] ?? "") === stratum.value)
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
