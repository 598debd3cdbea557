/** The rows of the table, on the screen and as JSON. */

export type Row = {
  readonly work: string;
  readonly ours: string;
  readonly floor?: string;
  /** Ours over the floor, or the other way round where more is better. */
  readonly ratio?: number;
  readonly goal?: string;
  readonly met?: boolean;
  readonly peakMiB?: number;
};

const WIDTHS = [80, 20, 20, 8];

export class Table {
  readonly rows: Row[] = [];

  constructor() {
    print(["work", "ours", "floor or peer", "ratio"], "goal");
  }

  add(row: Row): void {
    this.rows.push(row);
    const ratio = row.ratio === undefined ? "" : `${row.ratio.toFixed(2)}×`;
    const goal = row.goal === undefined ? "" : `${row.goal}${row.met === false ? " NOT MET" : ""}`;
    const peak = row.peakMiB === undefined ? "" : `   peak ${row.peakMiB.toFixed(0)} MiB`;
    print([row.work, row.ours, row.floor ?? "", ratio], `${goal}${peak}`);
  }
}

function print(cells: readonly string[], rest: string): void {
  const padded = cells.map((cell, i) =>
    i === 0 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0),
  );
  process.stdout.write(`${padded.join(" ")}  ${rest}\n`.trimEnd() + "\n");
}

/** "1.24 s (1.31 s)": CPU time, and the time on the clock. */
export function times(time: { readonly cpu: number; readonly wall: number }): string {
  return `${duration(time.cpu)} (${duration(time.wall)})`;
}

export function duration(milliseconds: number): string {
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${milliseconds.toFixed(0)} ms`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
