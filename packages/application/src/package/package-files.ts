/** Puts files into an archive and keeps count of them: the manifest, and the places of blobs. */
import { Digester, ProblemError, type Digest } from "@countersign/kernel";
import { leafOnly, lineLeaf, ListReader, withheldLine } from "@countersign/ledger";
import { BlobPlaces, ManifestBuilder, PartCutter } from "@countersign/package-format";
import type { BlobRef, ListRef } from "@countersign/records";
import type { Erasures } from "../erasures.ts";
import type { Archive, Blobs } from "../ports/index.ts";
import type { LinesWithheld } from "./redaction.ts";

export class PackageFiles {
  readonly places = new BlobPlaces();
  readonly manifest = new ManifestBuilder();
  readonly erasures: Erasures;
  readonly #archive: Archive;
  readonly #blobs: Blobs;

  constructor(archive: Archive, blobs: Blobs, erasures: Erasures) {
    this.#archive = archive;
    this.#blobs = blobs;
    this.erasures = erasures;
  }

  async add(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.manifest.add(path, bytes);
    await this.#archive.add(path, bytes);
  }

  /** A list's lines, in parts that end at line ends. */
  async addList(list: ListRef, stem: string, withheld?: LinesWithheld): Promise<void> {
    const cutter = PartCutter.lines(stem);
    if (withheld === undefined && this.erasures.leavesOf(list.digest) === undefined)
      await this.#addBlob(list.digest, cutter);
    else if (!this.places.has(list.digest)) await this.#addLines(list, cutter, withheld);
  }

  /** @param reason why it is left out for this reader; absent: it is not. */
  async addFile(blob: Pick<BlobRef, "digest" | "size">, path: string, reason?: string): Promise<void> {
    const erased = this.erasures.recordOf(blob.digest);
    if (erased !== undefined) this.#once(blob.digest, () => this.places.erase(blob.digest, erased));
    else if (reason !== undefined) this.withhold(blob.digest, reason);
    else await this.#addBlob(blob.digest, PartCutter.bytes(path, blob.size));
  }

  /** @param reason a sentence. What was erased is not withheld. */
  withhold(digest: Digest, reason: string): void {
    const erased = this.erasures.recordOf(digest);
    this.#once(digest, () =>
      erased === undefined ? this.places.withhold(digest, reason) : this.places.erase(digest, erased),
    );
  }

  #once(digest: Digest, place: () => void): void {
    if (!this.places.has(digest)) place();
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
    if (stored.digest !== digest) throw damaged(digest, `its bytes have the digest ${stored.digest}`);
    const place = { digest, size: stored.size, parts: cutter.paths };
    this.places.place(salt === undefined ? place : { ...place, salt });
  }

  /** The digest is that of the whole lines; where some are only leaves, the root stands in for it. */
  async #addLines(list: ListRef, cutter: PartCutter, redact: LinesWithheld | undefined): Promise<void> {
    let lines: Uint8Array[] = [];
    let [erased, withheld] = [0, 0];
    const reader = new ListReader((line) => {
      const rest = leafOnly(line);
      if (rest?.kind === "erased") erased++;
      if (rest !== undefined || redact?.isWithheld(line.toString("utf8")) !== true) {
        lines.push(Buffer.from(line), NEWLINE);
        return;
      }
      withheld++;
      lines.push(Buffer.from(`${withheldLine(lineLeaf(line))}\n`));
    });
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(lines);
      lines = [];
      for (const part of cutter.push(bytes)) await this.add(part.path, part.bytes);
    };
    for (const piece of this.#blobs.stream(list.digest)) {
      reader.push(piece);
      await flush();
    }
    for (const part of cutter.finish()) await this.add(part.path, part.bytes);
    const found = reader.finish();
    if (!found.ok) throw damaged(list.digest, found.error);
    if (found.value.root !== list.root || found.value.count !== list.count)
      throw damaged(list.digest, `its lines have the root ${found.value.root}, recorded ${list.root}`);
    const place = { digest: list.digest, size: list.size, parts: cutter.paths };
    if (withheld > 0 && redact !== undefined)
      this.places.place({ ...place, erasedLines: erased, withheldLines: withheld, reason: redact.reason });
    else this.places.place(erased > 0 ? { ...place, erasedLines: erased } : place);
  }
}

const NEWLINE = Buffer.from("\n");

function damaged(digest: Digest, why: string): ProblemError {
  return new ProblemError({
    code: "blob-damaged",
    what: "a stored file is not the one that was recorded, so no package was written",
    where: digest,
    why,
    next: "countersign fsck names the record that speaks of it; restore the file from a backup, or collect it again",
  });
}
