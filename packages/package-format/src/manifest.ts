/** manifest.json: every file of the package but itself and its signature, with size and digest. */
import { canonicalJson, digestOf, err, ok, type Digest, type Result } from "@countersign/kernel";
import { outsideManifest } from "./layout.ts";
import { checkPackagePath, compareUtf8, PathSet } from "./paths.ts";
import * as shape from "./shape.ts";

export type ManifestFile = { readonly digest: Digest; readonly path: string; readonly size: number };

export type Manifest = {
  readonly files: readonly ManifestFile[];
  readonly format: "countersign-manifest-1";
};

const manifestShape: shape.Shape<Manifest> = shape.object({
  files: shape.list(shape.object({ digest: shape.digest, path: shape.path, size: shape.count })),
  format: shape.literal("countersign-manifest-1"),
});

/** Collects the files as they are written, in any order. */
export class ManifestBuilder {
  readonly #files: ManifestFile[] = [];
  readonly #paths = new PathSet();

  /** @throws TypeError on a path that breaks the rules or collides: the writer's mistake, found before it is shipped. */
  add(path: string, bytes: Uint8Array | string): ManifestFile {
    const size = typeof bytes === "string" ? Buffer.byteLength(bytes) : bytes.length;
    return this.addDigested({ path, digest: digestOf(bytes), size });
  }

  /** For files that are too large to hold: digested while they were written. */
  addDigested(file: ManifestFile): ManifestFile {
    const checked = checkPackagePath(file.path);
    if (!checked.ok) throw new TypeError(`${JSON.stringify(file.path)} in a package: ${checked.error}`);
    if (outsideManifest.includes(file.path)) throw new TypeError(`${file.path} is not in the manifest`);
    const twin = this.#paths.add(file.path);
    if (twin !== undefined) throw new TypeError(`${file.path} in a package: collides with ${twin}`);
    this.#files.push({ digest: file.digest, path: file.path, size: file.size });
    return file;
  }

  /** The text of manifest.json. */
  finish(): string {
    const files = this.#files.toSorted((a, b) => compareUtf8(a.path, b.path));
    return canonicalJson({ files, format: "countersign-manifest-1" } satisfies Manifest);
  }
}

export function parseManifest(bytes: Uint8Array | string): Result<Manifest, string> {
  const read = shape.readDocument(bytes, manifestShape);
  if (!read.ok) return read;
  const paths = new PathSet();
  let before = "";
  for (const { path } of read.value.files) {
    if (compareUtf8(before, path) >= 0) return err(`${path} is not in order, or listed twice`);
    if (outsideManifest.includes(path)) return err(`${path} cannot be listed in the manifest`);
    const twin = paths.add(path);
    if (twin !== undefined) return err(`${path} and ${twin} collide where case is ignored`);
    before = path;
  }
  return ok(read.value);
}
