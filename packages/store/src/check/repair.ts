/**
 * Writes projections again from facts that are proven, in the transaction that found them wrong and holds the log's row.
 * Facts are never written: a record that is damaged comes back from a backup or a package, not from here.
 */
import type { ClientBase } from "pg";
import type { Repaired } from "@countersign/application/ports";
import { checkEntry, copiesOf, foldSound, readEntries, type SoundRecord } from "./entries.ts";
import type { Lineages } from "./lineages.ts";
import { FaultReport } from "./report.ts";
import { readWaiting, type StateCheck } from "./state.ts";
import type { TileCheck, WrongTile } from "./tiles.ts";

const PAGE = 1_024;

const PUT_STATE = `
INSERT INTO countersign.state (organization, kind, key, record, position)
SELECT $1, kind, key, record, position
  FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS s(kind, key, record, position)
ON CONFLICT (organization, kind, key) DO UPDATE SET record = excluded.record, position = excluded.position
  WHERE countersign.state.position < excluded.position`;

export async function repair(
  client: ClientBase,
  organization: string,
  found: {
    readonly lineages: Lineages;
    readonly tiles: TileCheck;
    readonly unsound: ReadonlyMap<string, number>;
  },
  state: StateCheck,
): Promise<Repaired> {
  const { lineages, tiles, unsound } = found;
  const best = lineages.best();
  const left: string[] = [];
  const signed = best.provenSize === lineages.size;
  let repairedTiles = 0;
  if (tiles.wrong.length > 0 && !signed) left.push("tiles: the records do not lead to the newest checkpoint");
  else repairedTiles = await putTiles(client, organization, best.reading, tiles.wrong);
  if (tiles.wrongCount > tiles.wrong.length)
    left.push(`tiles: ${tiles.wrongCount - tiles.wrong.length} more; run fsck --repair again`);
  let stateRows = 0;
  if (state.wrong.size > 0 && (!signed || best.departures > 0 || unsound.size > 0))
    left.push("state: records that it follows from are damaged; restore them first");
  else stateRows = await putState(client, organization, lineages.size, state.wrong);
  return { tiles: repairedTiles, stateRows, left };
}

async function putTiles(
  client: ClientBase,
  organization: string,
  reading: string,
  wrong: readonly WrongTile[],
): Promise<number> {
  for (const { level, number, should } of wrong) {
    // A reading that never departed from the records fills its tiles as they do.
    const hashes = [...should].find(([each]) => each === reading)?.[1] ?? should.get("entries");
    await client.query(
      `INSERT INTO countersign.tile (organization, level, number, hashes) VALUES ($1, $2, $3, $4)
       ON CONFLICT (organization, level, number) DO UPDATE SET hashes = excluded.hashes`,
      [organization, level, number, hashes],
    );
  }
  return wrong.length;
}

/** Takes the wrong rows away and folds every record with such a key once more. */
async function putState(
  client: ClientBase,
  organization: string,
  size: number,
  wrong: StateCheck["wrong"],
): Promise<number> {
  if (wrong.size === 0) return 0;
  const keys = [...wrong.values()];
  await client.query(
    `DELETE FROM countersign.state s USING unnest($2::text[], $3::text[]) AS w(kind, key)
      WHERE s.organization = $1 AND s.kind = w.kind AND s.key = w.key`,
    [organization, keys.map(({ kind }) => kind), keys.map(({ key }) => key)],
  );
  const quiet = new FaultReport();
  for (let from = 0; from < size; from += PAGE) {
    const rows = await readEntries(client, organization, from, Math.min(from + PAGE, size));
    const sound = [...rows].flatMap(([index, row]) => {
      const record = checkEntry(index, row, copiesOf(index, row, undefined), quiet);
      return record === undefined ? [] : [record];
    });
    await fold(client, organization, wrong, sound);
  }
  for await (const waiting of readWaiting(client, organization, quiet))
    await fold(client, organization, wrong, waiting);
  return keys.length;
}

async function fold(
  client: ClientBase,
  organization: string,
  wrong: StateCheck["wrong"],
  records: readonly SoundRecord[],
): Promise<void> {
  // Within one statement a row may be set once: the last record of a key wins.
  const rows = new Map<string, { kind: string; key: string; record: string; position: number }>();
  for (const sound of records) {
    const set = foldSound(sound);
    if (set === undefined || !wrong.has(`${set.kind}\n${set.key}`)) continue;
    const name = `${set.kind}\n${set.key}`;
    if ((rows.get(name)?.position ?? -1) > sound.position) continue;
    rows.set(name, {
      kind: set.kind,
      key: set.key,
      record: sound.record.id,
      position: sound.position,
    });
  }
  if (rows.size === 0) return;
  const all = [...rows.values()];
  await client.query(PUT_STATE, [
    organization,
    all.map((row) => row.kind),
    all.map((row) => row.key),
    all.map((row) => row.record),
    all.map((row) => row.position),
  ]);
}
