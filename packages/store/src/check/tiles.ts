/** Stored tiles against those that the records fill. */
import type { ClientBase } from "pg";
import { TILE_WIDTH } from "@countersign/ledger";
import type { FilledTile } from "./growing-tree.ts";
import type { Lineages, Reading } from "./lineages.ts";
import type { FaultReport } from "./report.ts";

/** No more wrong tiles are kept in memory for a repair: 256 of 8 KiB. */
const KEPT_MAX = 256;

/** A tile that is not what any reading of the records fills it with; by reading, what it should be. */
export type WrongTile = {
  readonly level: number;
  readonly number: number;
  readonly code: "tile-missing" | "tile-differs";
  readonly message: string;
  /** Whether a reading departs from the records in it. */
  readonly departs: boolean;
  /** Absent after a check was interrupted: a repair begins anew. */
  readonly should: ReadonlyMap<Reading, Buffer>;
};

export type SavedTiles = { readonly wrong: readonly Omit<WrongTile, "should">[]; readonly count: number };

/** What is wrong is kept until the end, when it is known which reading was signed. */
export class TileCheck {
  readonly wrong: WrongTile[];
  wrongCount: number;

  constructor(saved: SavedTiles = { wrong: [], count: 0 }) {
    this.wrong = saved.wrong.map((tile) => ({ ...tile, should: new Map() }));
    this.wrongCount = saved.count;
  }

  save(): SavedTiles {
    const wrong = this.wrong.map(({ should: _, ...tile }) => tile);
    return { wrong, count: this.wrongCount };
  }

  /** @param leafTiles the stored bottom tiles of the page, which were read for their hashes already. */
  async compare(
    client: ClientBase,
    organization: string,
    filled: ReadonlyMap<Reading, readonly FilledTile[]>,
    leafTiles: ReadonlyMap<number, Buffer>,
  ): Promise<void> {
    const tiles = filled.get("entries") ?? [];
    const upper = tiles.filter((tile) => tile.level > 0);
    const stored =
      upper.length === 0 ? new Map<string, Buffer>() : await readTiles(client, organization, upper);
    for (const tile of tiles) {
      const should = new Map(
        [...filled].flatMap(([reading, others]) => {
          const other = others.find((each) => each.level === tile.level && each.number === tile.number);
          return other === undefined ? [] : [[reading, other.hashes] as const];
        }),
      );
      const held = tile.level === 0 ? leafTiles.get(tile.number) : stored.get(`${tile.level}/${tile.number}`);
      const message = whyWrong(tile, held, should);
      if (message === undefined) continue;
      this.wrongCount++;
      if (this.wrong.length < KEPT_MAX)
        this.wrong.push({
          level: tile.level,
          number: tile.number,
          code: held === undefined ? "tile-missing" : "tile-differs",
          message,
          departs: should.size > 1,
          should,
        });
    }
  }

  report(lineages: Lineages, report: FaultReport): void {
    const { reading } = lineages.best();
    for (const { level, number, code, message, departs } of this.wrong) {
      // A tile that was right where the records were not is no fault of the tile.
      if (reading === "tiles" && level === 0 && code === "tile-differs" && departs) continue;
      report.add(code, `tile ${level}/${number}`, message, STILL);
    }
    for (let more = this.wrong.length; more < this.wrongCount; more++)
      report.add("tile-differs", "one more tile", "not the hashes of the records", STILL);
  }
}

const STILL = "every record: the tile follows from the records, and fsck --repair writes it again";

/** Bottom tiles are themselves a reading, so they are held against the records' own hashes and what two of three say. */
function whyWrong(
  tile: FilledTile,
  held: Buffer | undefined,
  should: ReadonlyMap<Reading, Buffer>,
): string | undefined {
  if (held === undefined) return "not stored";
  const readings: readonly Reading[] = tile.level === 0 ? ["entries", "most"] : ["entries", "most", "tiles"];
  if (readings.some((reading) => should.get(reading)?.equals(held) === true)) return undefined;
  const right = should.get("most") ?? tile.hashes;
  if (held.length !== right.length)
    return `has ${held.length / 32} hashes, and the records fill it with ${right.length / 32}`;
  const at = right.findIndex((byte, i) => held[i] !== byte);
  return `hash ${Math.floor(at / 32)} is not that of the records`;
}

async function readTiles(
  client: ClientBase,
  organization: string,
  wanted: readonly FilledTile[],
): Promise<Map<string, Buffer>> {
  const { rows } = await client.query<{ level: number; number: string; hashes: Buffer }>(
    `SELECT t.level, t.number, t.hashes FROM countersign.tile t
       JOIN unnest($2::int[], $3::bigint[]) AS w(level, number) ON w.level = t.level AND w.number = t.number
      WHERE t.organization = $1`,
    [organization, wanted.map((tile) => tile.level), wanted.map((tile) => tile.number)],
  );
  return new Map(rows.map((row) => [`${row.level}/${row.number}`, row.hashes]));
}

/** Tiles to the right of the tree's edge. */
export async function checkExtraTiles(
  client: ClientBase,
  organization: string,
  size: number,
  report: FaultReport,
): Promise<void> {
  const levels = [0, 1, 2, 3, 4, 5, 6, 7];
  const { rows } = await client.query<{ level: number; number: string }>(
    `SELECT t.level, t.number FROM countersign.tile t
       JOIN unnest($2::int[], $3::bigint[]) AS l(level, tiles) ON l.level = t.level AND t.number >= l.tiles
      WHERE t.organization = $1 ORDER BY t.level, t.number LIMIT 1000`,
    [
      organization,
      levels,
      levels.map((level) => Math.ceil(Math.floor(size / TILE_WIDTH ** level) / TILE_WIDTH)),
    ],
  );
  for (const { level, number } of rows)
    report.add(
      "tile-extra",
      `tile ${level}/${number}`,
      "belongs to no record; it is written over when the log reaches it",
      "every record",
    );
}
