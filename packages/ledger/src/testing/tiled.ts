/** A small log in the tiled layout, in memory. */
import { signCheckpoint } from "../checkpoint.ts";
import { leafHash, MemoryTree } from "../merkle.ts";
import { tiledLogFiles } from "../tiles.ts";
import type { TiledLogSource } from "../verify-tiled-log.ts";
import { testKey } from "./keys.ts";

export type TiledFiles = Map<string, Buffer>;

export const tiledLogKey = testKey("log.example/acme");

/** @param entry the bytes of each, all different */
export function tiledLog(
  size: number,
  entry = (index: number): Uint8Array => Buffer.from(`entry ${index}`),
): TiledFiles {
  const tree = new MemoryTree();
  for (let index = 0; index < size; index++) tree.append(leafHash(entry(index)));
  const origin = tiledLogKey.verifier.name;
  const checkpoint = signCheckpoint({ origin, size, root: tree.root() }, tiledLogKey.pem);
  const files: TiledFiles = new Map();
  for (const { path, bytes } of tiledLogFiles(size, checkpoint, { hash: tree.read, entry }))
    files.set(path, Buffer.from(bytes()));
  return files;
}

export function sourceOf(files: ReadonlyMap<string, Buffer>): TiledLogSource {
  return { read: (path) => files.get(path), list: () => files.keys() };
}
