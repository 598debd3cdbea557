/** A sink that keeps everything in memory, for the tests of connectors. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { intervalOf, parsePeriod, type JsonObject } from "@countersign/kernel";
import type {
  Connector,
  IdentityHints,
  ItemDraft,
  KnownPerson,
  RawWriter,
  ReadOutcome,
  ReadRequest,
  ReadSink,
} from "@countersign/application/ports";
import type { PersonId, RawRef } from "@countersign/records";

export class MemorySink implements ReadSink {
  readonly items: ItemDraft[] = [];
  readonly exclusions: { readonly id: string; readonly reason: string }[] = [];
  readonly files = new Map<string, { mediaType: string; chunks: Buffer[]; size: number }>();

  raw(name: string, mediaType: string): RawWriter {
    const file = this.files.get(name) ?? { mediaType, chunks: [], size: 0 };
    this.files.set(name, file);
    return {
      write: (bytes) => {
        const offset = file.size;
        file.chunks.push(Buffer.from(bytes));
        file.size += bytes.length;
        return { offset, length: bytes.length };
      },
    };
  }

  async item(draft: ItemDraft): Promise<void> {
    this.items.push(draft);
  }

  exclude(row: { readonly id: string; readonly reason: string }): void {
    this.exclusions.push(row);
  }

  progress(): void {}

  bytesOf(name: string): Buffer {
    const file = this.files.get(name);
    if (file === undefined)
      throw new Error(`no raw file ${name}; there are ${[...this.files.keys()].join(", ")}`);
    file.chunks = [Buffer.concat(file.chunks)];
    return file.chunks[0] ?? Buffer.alloc(0);
  }

  slice(ref: RawRef): Buffer {
    return this.bytesOf(ref.file).subarray(ref.offset, ref.offset + ref.length);
  }

  factsOf(id: string): JsonObject {
    const found = this.items.find((draft) => draft.item.id === id);
    if (found === undefined) throw new Error(`no item ${id}`);
    return found.item;
  }
}

/** An identity as the people file of a program writes it: "email:ada@lumen.example", "github:ada-l". */
export type Roster = { readonly [person: string]: readonly string[] };

/** Resolves as the application does: listed identities first, else an id that follows from the hints alone. */
export function resolverOf(
  roster: Roster = {},
  bots: readonly string[] = [],
): (hints: IdentityHints) => KnownPerson {
  const owner = new Map<string, string>();
  for (const [person, identities] of Object.entries(roster)) {
    for (const identity of identities) owner.set(identity.toLowerCase(), person);
  }
  return (hints) => {
    const keys = [
      ...(hints.email === undefined ? [] : [`email:${hints.email}`]),
      ...(hints.login === undefined ? [] : [`${hints.login.system}:${hints.login.login}`]),
      ...(hints.name === undefined ? [] : [`name:${hints.name}`]),
    ].map((key) => key.toLowerCase());
    if (keys.length === 0) throw new Error("a person without any hint");
    const known = keys.map((key) => owner.get(key)).find((person) => person !== undefined);
    const id =
      known ??
      `p-${createHash("sha256")
        .update(keys[0] ?? "")
        .digest("hex")
        .slice(0, 12)}`;
    return { id: id as PersonId, bot: bots.includes(id) };
  };
}

export type Reading = { readonly outcome: ReadOutcome; readonly sink: MemorySink };

export type ReadOptions = {
  readonly from?: string;
  readonly through?: string;
  readonly zone?: string;
  readonly provides?: string;
  readonly person?: ReadRequest["person"];
  /** The folder that relative paths of the settings start from. */
  readonly folder?: string;
};

export async function readWith(
  connector: Connector,
  settings: JsonObject,
  options: ReadOptions = {},
): Promise<Reading> {
  const parsed = parsePeriod(
    options.from ?? "2026-01-01",
    options.through ?? "2026-12-31",
    options.zone ?? "UTC",
  );
  if (!parsed.ok) throw new Error(parsed.error);
  const sink = new MemorySink();
  const outcome = await connector.read(
    {
      source: {
        id: "tested",
        connector: connector.name,
        provides: options.provides ?? connector.provides[0] ?? "change",
        settings,
      },
      period: parsed.value,
      interval: intervalOf(parsed.value),
      person: options.person ?? resolverOf(),
      resolve: (path) => resolve(options.folder ?? "/", path),
    },
    sink,
  );
  return { outcome, sink };
}
