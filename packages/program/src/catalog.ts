/** What a catalog holds once it was read and found sound. */
import { canonicalJson, digestOf, type Digest } from "@countersign/kernel";
import type { Activity, Category, Criterion, Frequency } from "./model.ts";

export type CatalogControl = {
  readonly id: string;
  readonly title: string;
  readonly statement: string;
  /** In the order of the list of criteria. */
  readonly criteria: readonly string[];
  /** The categories of its criteria: a company that reports on none of them has no use for it. */
  readonly categories: readonly Category[];
  readonly ownerRole: string;
  readonly procedure: string;
  readonly activities: readonly Activity[];
  readonly askedFirst?: number;
};

/** A published table of sample sizes. None is a default. */
export type SampleSizeTable = {
  readonly id: string;
  readonly source: string;
  readonly note: string;
  readonly rows: readonly {
    /** Of a control that operates so often; "item": many times, without a rhythm. */
    readonly every?: Frequency | "item";
    /** Of a population of up to so many items; absent in a row for every larger one. */
    readonly through?: number;
    /** As it was published. */
    readonly words: string;
    /** The same for a machine, where the words allow one reading only. */
    readonly rule?: {
      readonly all?: true;
      readonly fixed?: number;
      /** Rounded up. */
      readonly percent?: number;
      readonly atLeast?: number;
      readonly atMost?: number;
    };
  }[];
};

export type Catalog = {
  readonly name: string;
  readonly version: number;
  readonly criteria: readonly Criterion[];
  readonly controls: readonly CatalogControl[];
  readonly sampleSizes: { readonly note: string; readonly tables: readonly SampleSizeTable[] };
};

const digests = new WeakMap<Catalog, Digest>();

/** Of the catalog's meaning, not of its bytes: comments and layout do not change it. */
export function digestOfCatalog(catalog: Catalog): Digest {
  let digest = digests.get(catalog);
  if (digest === undefined) {
    digest = digestOf(canonicalJson(catalog));
    digests.set(catalog, digest);
  }
  return digest;
}

/** How programs and records name a catalog: "starter 1". */
export function nameOfCatalog(catalog: Pick<Catalog, "name" | "version">): string {
  return `${catalog.name} ${catalog.version}`;
}

/** The text of `catalog.lock`: what the company's program took. */
export function catalogLock(catalog: Catalog): string {
  return [
    "# The catalog that this program was written against. Commit it; a catalog that changed is refused until you accept it.",
    `catalog: ${catalog.name}`,
    `version: ${catalog.version}`,
    `digest: ${digestOfCatalog(catalog)}`,
    "",
  ].join("\n");
}
