/** Where everything stands in a package (docs/formats/package.md). */
import { digestOf, hexOf, type Digest } from "@countersign/kernel";
import { safeFileName } from "./paths.ts";

export const MANIFEST_PATH = "manifest.json";
export const ENVELOPE_PATH = "manifest.dsse.json";
export const ATTESTATION_KEY_PATH = "attestation.pub.pem";
export const CHECKPOINT_PATH = "ledger/checkpoint";
export const LOG_KEY_PATH = "ledger/log.vkey";
/** @param rotation 1 for the first rotation of the log key. */
export function handoverPath(rotation: number): string {
  return `ledger/handover-${rotation}`;
}
export const RECORDS_STEM = "ledger/records";
/** Anchors stand in folders named by the size of their checkpoint, so that a reader knows the sizes before the records. */
export const ANCHORS_FOLDER = "ledger/anchors";
export const PACKAGE_INDEX_PATH = "data/package.json";
export const BLOB_INDEX_PATH = "data/blobs.json";
export const PROGRAM_PATH = "data/program.json";
export const SUMMARY_PATH = "data/summary.json";
export const RESULTS_STEM = "data/results/part";

/** The two files that the manifest cannot list: itself, and the signature over it. */
export const outsideManifest: readonly string[] = [MANIFEST_PATH, ENVELOPE_PATH];

/**
 * A compressed file holds at most this much, and so does a part: a reader inflates one entry at a time. What is larger
 * and must stay in one piece (a workbook, a PDF) is stored uncompressed.
 */
export const PART_BYTES_MAX = 8 * 1024 * 1024;

/**
 * `data/populations/<population>-v<version>`. A name that is more than lowercase ASCII gets a part of its own digest,
 * so that two names never share a folder, on any system.
 */
export function populationFolder(population: string, version: number): string {
  const safe = safeFileName(population, 60);
  const plain = safe === population && /^[a-z0-9._-]+$/.test(population);
  const told = plain ? safe : `${safe}.${hexOf(digestOf(population)).slice(0, 8)}`;
  return `data/populations/${told}-v${version}`;
}

export function populationHeaderPath(population: string, version: number): string {
  return `${populationFolder(population, version)}/header.json`;
}

export function itemsStem(population: string, version: number): string {
  return `${populationFolder(population, version)}/items`;
}

export function exclusionsStem(population: string, version: number): string {
  return `${populationFolder(population, version)}/exclusions`;
}

/** @param position among the population's raw files: keeps names apart that become the same when made safe. */
export function rawPath(population: string, version: number, position: number, rawName: string): string {
  return `${populationFolder(population, version)}/raw/${String(position).padStart(3, "0")}-${safeFileName(rawName, 70)}`;
}

/** @param recordIndex of the `directory.extended` record in the log. */
export function directoryStem(recordIndex: number): string {
  return `data/directory/${recordIndex}`;
}

export function reconciliationStem(
  recordIndex: number,
  side: "only-left" | "only-right" | "duplicates",
): string {
  return `data/reconciliations/${recordIndex}-${side}`;
}

/** @param recordIndex of the `checkpoint.anchored` record in the log. */
export function anchorPath(size: number, recordIndex: number, fileName: string): string {
  return `${ANCHORS_FOLDER}/${size}/${recordIndex}-${safeFileName(fileName, 80)}`;
}

/** `evidence/<first 12 hex digits>-<safe name>` */
export function evidencePath(digest: Digest, fileName: string): string {
  return `evidence/${hexOf(digest).slice(0, 12)}-${safeFileName(fileName)}`;
}

/** Blobs that no list of the package names otherwise: earlier programs, earlier runs' results. */
export function otherBlobPath(digest: Digest): string {
  return `data/blobs/${hexOf(digest)}`;
}

/** Parts of a list: `<stem>-00000.ndjson`, always numbered. */
export function linePartPath(stem: string, part: number): string {
  return `${stem}-${String(part).padStart(5, "0")}.ndjson`;
}

/** Parts of a file: the path itself while it fits in one part, else `<path>.part-00000`. */
export function filePartPath(path: string, size: number, part: number): string {
  return size <= PART_BYTES_MAX ? path : `${path}.part-${String(part).padStart(5, "0")}`;
}

/** The names of a file's parts, given its size in bytes. An empty file has one, empty part. */
export function partNames(path: string, size: number): string[] {
  const parts = Math.max(1, Math.ceil(size / PART_BYTES_MAX));
  return Array.from({ length: parts }, (_, part) => filePartPath(path, size, part));
}
