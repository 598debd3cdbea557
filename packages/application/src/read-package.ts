/** Reads a package as the use cases need it: its index, its records, the lines of its lists. */
import { ProblemError } from "@countersign/kernel";
import { leafHash, TreeHasher } from "@countersign/ledger";
import {
  openZip,
  PACKAGE_INDEX_PATH,
  parsePackageIndex,
  readEntryWhole,
  RECORDS_STEM,
  type PackagedPopulation,
  type PackageIndex,
  type RandomAccess,
  type ZipEntry,
} from "@countersign/package-format";
import type { LedgerRecord, PackagedLine } from "@countersign/records";
import { LogState } from "./log-state.ts";

/** Parts are far smaller; a program or a summary may be larger than one. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

export type OpenPackage = {
  readonly index: PackageIndex;
  /** @throws ProblemError when the file is not in the package. */
  bytes(path: string): Uint8Array;
  lines(paths: readonly string[]): Iterable<string>;
  itemLines(paths: readonly string[]): Iterable<PackagedLine>;
  /** The state that the first `size` records fold into; absent: all of them. */
  state(size?: number): LogState;
  /** The root over the log's first `size` records, in base64 as a checkpoint spells it; undefined where there are fewer. */
  rootAt(size: number): string | undefined;
};

/** @throws ProblemError when the file is not a package of ours. */
export function openPackage(source: RandomAccess, name: string): OpenPackage {
  const notOurs = (why: string) =>
    new ProblemError({
      code: "not-a-package",
      what: "this is not a package that countersign made",
      where: name,
      why,
      next: "give the path of the .zip that countersign package create printed",
    });
  const zip = openZip(source);
  if (!zip.ok) throw notOurs(zip.error.message);
  const { entries } = zip.value;
  const entry = (path: string): ZipEntry => {
    const found = entries.get(path);
    if (found === undefined) throw notOurs(`it holds no ${path}`);
    return found;
  };
  const bytes = (path: string): Uint8Array => {
    const read = readEntryWhole(source, entry(path), FILE_BYTES_MAX);
    if (!read.ok) throw notOurs(`${path}: ${read.error}`);
    return read.value;
  };
  function* lines(paths: readonly string[]): Iterable<string> {
    for (const path of paths) {
      const text = Buffer.from(bytes(path)).toString("utf8");
      // Parts end at line ends.
      if (text !== "") yield* text.slice(0, -1).split("\n");
    }
  }
  const index = parsePackageIndex(bytes(PACKAGE_INDEX_PATH));
  if (!index.ok) throw notOurs(`${PACKAGE_INDEX_PATH}: ${index.error}`);
  const records = [...entries.keys()].filter((path) => path.startsWith(`${RECORDS_STEM}-`)).sort();
  return {
    index: index.value,
    bytes,
    lines,
    *itemLines(paths) {
      for (const line of lines(paths)) yield JSON.parse(line) as PackagedLine;
    },
    state(size = Number.POSITIVE_INFINITY) {
      const state = new LogState();
      for (const line of lines(records)) {
        if (state.size >= size) break;
        state.add(JSON.parse(line) as LedgerRecord);
      }
      return state;
    },
    rootAt(size) {
      const tree = new TreeHasher();
      for (const line of lines(records)) {
        if (tree.size >= size) break;
        tree.append(leafHash(Buffer.from(line)));
      }
      return tree.size === size ? Buffer.from(tree.root()).toString("base64") : undefined;
    },
  };
}

/** @throws ProblemError when the package does not hold the population's items. */
export function packaged(pack: OpenPackage, record: string): PackagedPopulation {
  const found = pack.index.populations.find((population) => population.record === record);
  if (found === undefined)
    throw new ProblemError({
      code: "package-population",
      what: `the population of record ${record} is not in the package`,
      next: "a result cannot be re-performed without its items; ask for a package that holds them",
    });
  return found;
}
