/** A backup taken apart and put together again, with what somebody changed in between. */
import { readFileSync } from "node:fs";
import { checkBackup, openBackup, type CheckedBackup, type OpenBackup } from "@countersign/application";
import { zipArchives } from "@countersign/documents";
import { newHalt } from "@countersign/store";
import { ManifestBuilder, openZip, readEntryWhole, type RandomAccess } from "@countersign/package-format";

export type Entries = Map<string, Buffer>;

export const sourceOf = (bytes: Buffer): RandomAccess => ({
  size: bytes.length,
  read: (offset, length) => Buffer.from(bytes.subarray(offset, offset + length)),
});

export function entriesOf(path: string): Entries {
  const source = sourceOf(readFileSync(path));
  const zip = openZip(source);
  if (!zip.ok || zip.value.faults.length > 0) throw new Error(`${path} is no zip of ours`);
  return new Map(
    [...zip.value.entries].map(([name, entry]) => {
      const read = readEntryWhole(source, entry, 1 << 30);
      if (!read.ok) throw new Error(read.error);
      return [name, Buffer.from(read.value)];
    }),
  );
}

/** @param forge whether the manifest is made anew, as by somebody who knows the format. */
export async function written(path: string, entries: Entries, forge: boolean): Promise<string> {
  const archive = zipArchives(newHalt()).create(path);
  const manifest = new ManifestBuilder();
  for (const [name, bytes] of entries) {
    if (name === "manifest.json") continue;
    if (forge) manifest.add(name, bytes);
    await archive.add(name, bytes);
  }
  const listed = forge ? Buffer.from(manifest.finish()) : entries.get("manifest.json");
  if (listed !== undefined) await archive.add("manifest.json", listed);
  await archive.finish();
  return path;
}

/** Opens and checks, as a restore does before it writes anything. */
export function checked(bytes: Buffer, name = "a.zip"): CheckedBackup & { readonly backup: OpenBackup } {
  const backup = openBackup(sourceOf(bytes), name);
  const target = { outside: [], schema: backup.header.schema, say: () => {} };
  return { ...checkBackup(backup, target), backup };
}
