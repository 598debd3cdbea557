/** Puts files into an archive and keeps count of them: the manifest, and the places of blobs. */
import { Digester, ProblemError, type Digest } from "@countersign/kernel";
import { BlobPlaces, ManifestBuilder, PartCutter } from "@countersign/package-format";
import type { BlobRef, ListRef } from "@countersign/records";
import type { Archive, Blobs } from "../ports/index.ts";

export class PackageFiles {
  readonly places = new BlobPlaces();
  readonly manifest = new ManifestBuilder();
  readonly #archive: Archive;
  readonly #blobs: Blobs;

  constructor(archive: Archive, blobs: Blobs) {
    this.#archive = archive;
    this.#blobs = blobs;
  }

  async add(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.manifest.add(path, bytes);
    await this.#archive.add(path, bytes);
  }

  /** A list's lines, in parts that end at line ends. */
  async addList(list: ListRef, stem: string): Promise<void> {
    await this.#addBlob(list.digest, PartCutter.lines(stem));
  }

  async addFile(blob: Pick<BlobRef, "digest" | "size">, path: string): Promise<void> {
    await this.#addBlob(blob.digest, PartCutter.bytes(path, blob.size));
  }

  /** @throws ProblemError for stored bytes that are not those of the digest: a package that cannot hold is not handed out. */
  async #addBlob(digest: Digest, cutter: PartCutter): Promise<void> {
    if (this.places.has(digest)) return;
    const salt = this.#blobs.saltOf(digest);
    const digester = new Digester(salt);
    for (const piece of this.#blobs.stream(digest)) {
      digester.update(piece);
      for (const part of cutter.push(piece)) await this.add(part.path, part.bytes);
    }
    for (const part of cutter.finish()) await this.add(part.path, part.bytes);
    const stored = digester.finish();
    if (stored.digest !== digest)
      throw new ProblemError({
        code: "blob-damaged",
        what: "a stored file is not the one that was recorded, so no package was written",
        where: digest,
        why: `its bytes have the digest ${stored.digest}`,
        next: "countersign fsck names the record that speaks of it; restore the file from a backup, or collect it again",
      });
    const place = { digest, size: stored.size, parts: cutter.paths };
    this.places.place(salt === undefined ? place : { ...place, salt });
  }
}
