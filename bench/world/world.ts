/** A workspace as the command line opens it, with a source of invented changes in place of a real one. */
import type { LocalDate } from "@countersign/kernel";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  loadDirectoryKey,
  openOrganization,
  personIdOf,
  type Context,
  type LoadedProgram,
  WorkspaceKeys,
} from "@countersign/application";
import { initialProgram, type Catalog } from "@countersign/program";
import { openWorkspace } from "@countersign/store";
import { migrations } from "../../apps/cli/src/assets.ts";
import { loadCatalog, parseFolder } from "../../apps/cli/src/session.ts";
import { changesConnector } from "./connector.ts";
import { withFiveRules } from "./rules.ts";

const ORGANIZATION = "bench";
/** After the window, so that nothing of it is still to come. */
const NOW = Date.UTC(2026, 6, 2);

export type World = {
  readonly ctx: Context;
  readonly loaded: LoadedProgram;
  readonly catalog: Catalog;
  close(): Promise<void>;
};

/** @param changes how many the source holds when it is collected. */
export async function openWorld(directory: string, changes: number): Promise<World> {
  mkdirSync(directory, { recursive: true });
  const workspace = await openWorkspace({
    directory: join(directory, ".countersign"),
    organization: ORGANIZATION,
    databaseUrl: undefined,
    migrations: migrations(),
    say: () => {},
  });
  let outside: string | undefined;
  const ctx: Context = {
    organization: ORGANIZATION,
    store: workspace.store,
    blobs: workspace.blobs,
    lists: workspace.lists,
    clock: { now: () => NOW },
    random: { bytes: (count) => new Uint8Array(randomBytes(count)) },
    actor: { kind: "service", id: "bench", authenticated: "operating-system" },
    keys: new WorkspaceKeys(`countersign.local/${ORGANIZATION}`, workspace.keys),
    outside: {
      read: () => (outside === undefined ? [] : [{ name: "newest", note: outside }]),
      write: (note) => {
        outside = note;
      },
      keep: (name) => name,
    },
    connectors: [changesConnector(changes)],
    resolve: (path) => join(directory, path),
    say: () => {},
    generator: "countersign bench",
  };
  await openOrganization(ctx);
  const catalog = loadCatalog();
  const files = initialProgram({
    organization: { id: ORGANIZATION, name: "Benchmark" },
    window: { from: "2025-07-01" as LocalDate, through: "2026-06-30" as LocalDate, zone: "UTC" },
    categories: ["security"],
    sources: [
      {
        id: "history",
        connector: "git",
        provides: "change",
        repositories: [{ name: "api", path: "." }],
      },
    ],
    catalog,
    sampleData: true,
  });
  const key = await loadDirectoryKey(ctx);
  const parsed = parseFolder(files, catalog, (handle) => personIdOf(key, `handle:${handle}`), NOW);
  return {
    ctx,
    catalog,
    loaded: {
      program: withFiveRules(parsed.program),
      people: parsed.people,
      warnings: parsed.warnings,
      gaps: [],
      files,
    },
    close: () => workspace.close(),
  };
}
