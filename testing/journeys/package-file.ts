/** A package taken apart and put together again, as somebody would who wants to change it. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseCheckpointUnsafe } from "../../packages/ledger/src/index.ts";
import {
  CHECKPOINT_PATH,
  ENVELOPE_PATH,
  MANIFEST_PATH,
  ManifestBuilder,
  openZip,
  parseEnvelope,
  parseStatement,
  readEntryWhole,
  signManifest,
} from "../../packages/package-format/src/index.ts";
import { sourceOf, writeZip } from "../../packages/package-format/src/testing/index.ts";

export type Files = Map<string, Buffer>;

const WHOLE_FILE_MAX = 64 * 1024 * 1024;

export function readPackage(path: string): Files {
  const source = sourceOf(readFileSync(path));
  const zip = openZip(source);
  if (!zip.ok) throw new Error(zip.error.message);
  return new Map(
    [...zip.value.entries].map(([name, entry]) => {
      const read = readEntryWhole(source, entry, WHOLE_FILE_MAX);
      if (!read.ok) throw new Error(`${name}: ${read.error}`);
      return [name, Buffer.from(read.value)];
    }),
  );
}

export function writePackage(path: string, files: Files): void {
  writeFileSync(path, writeZip([...files].map(([name, bytes]) => ({ path: name, bytes }))));
}

/** Changes the text of one file. */
export function edited(files: Files, path: string, edit: (text: string) => string): Files {
  const before = files.get(path)?.toString("utf8");
  if (before === undefined) throw new Error(`no ${path}`);
  const after = edit(before);
  if (after === before) throw new Error(`${path} was not changed`);
  return new Map([...files, [path, Buffer.from(after)]]);
}

/** Makes the manifest fit the files again and signs it: what somebody with the attestation key can do. */
export function resigned(files: Files, attestationPem: string): Files {
  const content = new Map([...files].filter(([path]) => path !== MANIFEST_PATH && path !== ENVELOPE_PATH));
  const builder = new ManifestBuilder();
  for (const [path, bytes] of content) builder.add(path, bytes);
  const manifest = builder.finish();
  const envelope = parseEnvelope(files.get(ENVELOPE_PATH) ?? "");
  if (!envelope.ok) throw new Error(envelope.error);
  const statement = parseStatement(Buffer.from(envelope.value.payload, "base64"));
  const checkpoint = parseCheckpointUnsafe(files.get(CHECKPOINT_PATH)?.toString("utf8") ?? "");
  if (!statement.ok) throw new Error(statement.error);
  if (!checkpoint.ok) throw new Error(checkpoint.error);
  const { origin, size, root } = checkpoint.value;
  const predicate = {
    ...statement.value.predicate,
    checkpoint: { origin, size, root: Buffer.from(root).toString("base64") },
  };
  return new Map([
    ...content,
    [MANIFEST_PATH, Buffer.from(manifest)],
    [ENVELOPE_PATH, Buffer.from(signManifest(manifest, predicate, attestationPem))],
  ]);
}
