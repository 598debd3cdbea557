/** What was acknowledged, kept by the one to whom it was: a file a run, outside the workspace, on disk before the next act. */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

export type Receipt =
  | {
      readonly kind: "evidence";
      readonly record: string;
      readonly note: string;
      readonly index: number | undefined;
    }
  | {
      readonly kind: "population";
      readonly record: string;
      readonly population: string;
      readonly version: number;
    };

export type ReceiptFile = { keep(receipt: Receipt): void; close(): void };

export function openReceipts(path: string): ReceiptFile {
  const file = openSync(path, "a", 0o600);
  return {
    keep(receipt) {
      writeSync(file, `${JSON.stringify(receipt)}\n`);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** Every receipt of every run. A line without its end was being written when its process was killed: nobody had it yet. */
export function readReceipts(folder: string): Receipt[] {
  return readdirSync(folder).flatMap((name) => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n");
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Receipt);
  });
}
