/** Puts files into an archive and keeps count of them: the manifest, and the places of blobs. */
import type { Digest } from "@countersign/kernel";
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

  async #addBlob(digest: Digest, cutter: PartCutter): Promise<void> {
    if (this.places.has(digest)) return;
    let size = 0;
    for (const piece of this.#blobs.stream(digest)) {
      size += piece.length;
      for (const part of cutter.push(piece)) await this.add(part.path, part.bytes);
    }
    for (const part of cutter.finish()) await this.add(part.path, part.bytes);
    this.places.place({ digest, size, parts: cutter.paths });
  }
}
