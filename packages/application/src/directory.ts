/** Persons under opaque ids: the ids come from a key that only the workspace has, the names go to an erasable list. */
import { createHmac } from "node:crypto";
import { ProblemError, toHex } from "@countersign/kernel";
import { sealLine, SALT_BYTES } from "@countersign/ledger";
import type { ListRef, PersonId } from "@countersign/records";
import type { Person } from "@countersign/program";
import { makeRecord } from "./append.ts";
import type { Context } from "./context.ts";
import type { DirectoryEntry, IdentityHints, PersonResolver, Transaction } from "./ports/index.ts";

/** `p_` and 24 hex digits: the same identity gives the same id in every process of the workspace. */
export function personIdOf(key: Uint8Array, identity: string): PersonId {
  return `p_${createHmac("sha256", key).update(identity).digest("hex").slice(0, 24)}` as PersonId;
}

/**
 * The key of the workspace, made at its first use.
 * @throws ProblemError `no-directory-key` where the log names persons under a key that is not here: another one would give
 * them other ids.
 */
export async function loadDirectoryKey(ctx: Context): Promise<Uint8Array> {
  const key = await findDirectoryKey(ctx);
  if (key !== undefined) return key;
  throw new ProblemError({
    code: "no-directory-key",
    what: "the key behind the ids of persons is not in this workspace, and its log names persons by it",
    why: "a new key would give the same persons other ids, and nothing recorded from now on could be joined to what was recorded before",
    next: "restore the backup once more with its keys, into an empty place: countersign backup restore BACKUP --keys-from BACKUP_WITH_KEYS",
  });
}

/** The same; undefined where it is missing. */
export async function findDirectoryKey(ctx: Context): Promise<Uint8Array | undefined> {
  return ctx.store.transaction(ctx.organization, (tx) => tx.directoryKey(ctx.random.bytes(32)));
}

/** Remembers whom it resolved, so that the read's new names can be kept with its records. */
export class Directory {
  readonly #key: Uint8Array;
  readonly #byIdentity = new Map<string, Person>();
  readonly #seen = new Map<PersonId, { name: string; identities: Set<string>; bot: boolean }>();

  constructor(key: Uint8Array, people: readonly Person[]) {
    this.#key = key;
    for (const person of people) {
      for (const identity of person.identities) this.#byIdentity.set(identity.toLowerCase(), person);
      this.#seen.set(person.id, {
        name: person.name ?? "",
        identities: new Set(person.identities.map((identity) => identity.toLowerCase())),
        bot: person.bot,
      });
    }
  }

  readonly resolve: PersonResolver = (hints) => {
    const identities = identitiesOf(hints);
    const first = identities[0] ?? "name:";
    const known = identities
      .map((identity) => this.#byIdentity.get(identity))
      .find((found) => found !== undefined);
    // A handle is the program's own name for a person, and their id is made from it.
    const id = known?.id ?? personIdOf(this.#key, first.startsWith("handle:") ? first : `identity:${first}`);
    // GitHub reserves the suffix for applications.
    const bot = known?.bot ?? hints.login?.login.endsWith("[bot]") === true;
    const entry = this.#seen.get(id) ?? { name: "", identities: new Set(), bot };
    if (entry.name === "" && hints.name !== undefined) entry.name = hints.name;
    for (const identity of identities)
      if (!identity.startsWith("name:") || identities.length === 1) entry.identities.add(identity);
    this.#seen.set(id, entry);
    return { id, bot };
  };

  /** Whom the read named, in the order of their ids. */
  entries(): DirectoryEntry[] {
    return [...this.#seen]
      .map(([id, entry]) => ({
        id,
        name: entry.name,
        identities: [...entry.identities].sort(),
        bot: entry.bot,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

/** Most particular first; all in lower case, since mail addresses and logins are compared without case. */
export function identitiesOf(hints: IdentityHints): string[] {
  const identities: string[] = [];
  if (hints.email !== undefined && hints.email.trim() !== "")
    identities.push(`email:${hints.email.trim().toLowerCase()}`);
  if (hints.login !== undefined) identities.push(`${hints.login.system}:${hints.login.login}`.toLowerCase());
  if (hints.name !== undefined && hints.name.trim() !== "")
    identities.push(`name:${hints.name.trim().toLowerCase()}`);
  return identities;
}

/** Keeps the entries that are new or say more than what is kept. The list holds only those. */
export async function extendDirectory(
  ctx: Context,
  tx: Transaction,
  entries: readonly DirectoryEntry[],
): Promise<void> {
  await tx.lock("directory");
  const kept = new Map((await tx.people()).map((entry) => [entry.id, entry]));
  const erased = new Set(
    (await tx.state("data.erased")).flatMap(({ body }) =>
      body.of.kind === "person" ? [body.of.person] : [],
    ),
  );
  const fresh = entries.flatMap((entry): DirectoryEntry[] => {
    // The source, or people.yaml, may name them still; here they stay forgotten.
    if (erased.has(entry.id)) return [];
    const before = kept.get(entry.id);
    if (before === undefined) return [entry];
    const identities = [...new Set([...before.identities, ...entry.identities])].sort();
    const name = before.name === "" ? entry.name : before.name;
    const same =
      identities.length === before.identities.length && name === before.name && entry.bot === before.bot;
    return same ? [] : [{ id: entry.id, name, identities, bot: entry.bot }];
  });
  if (fresh.length === 0) return;
  const list = writeList(ctx, fresh);
  await tx.putPeople(fresh);
  await tx.append(
    makeRecord(ctx, "directory.extended", "directory", { entries: list }, { digests: [list.digest] }),
  );
}

/** Seals small lists whose items have an id. */
export function writeList(ctx: Context, items: readonly { readonly id: string }[]): ListRef {
  const writer = ctx.lists();
  try {
    for (const item of items) writer.add(item.id, sealLine(item, toHex(ctx.random.bytes(SALT_BYTES))));
    return writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}
