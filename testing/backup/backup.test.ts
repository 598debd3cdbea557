/** A workspace that is lost and comes back: what is in it again, what is not, and what it can and cannot do. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { asAdministrator } from "../../packages/store/src/testing/server.ts";
import { newPlace } from "../journeys/support.ts";
import { ORGANIZATION, SMALL } from "../journeys/small-company.ts";
import { done, makeBackups, programAt, REMOVED, secretsOf, storedWith } from "./company.ts";
import { entriesOf } from "./entries.ts";

const place = newPlace("backup");
const at = (path: string): string => join(place.folder, path);

before(() => makeBackups(place));
after(() => place.remove());

/** Rows of the database that a backup is to bring back, each as text. */
async function tables(home: string): Promise<Record<string, readonly unknown[]>> {
  const server = await place.keepServer(home);
  return asAdministrator(server.connectionString("countersign"), async (client) => {
    const rows: Record<string, readonly unknown[]> = {};
    for (const [table, columns, order] of [
      ["record", "id, type, entry", "id"],
      ["log_entry", "index, id, encode(leaf_hash, 'hex')", "index"],
      ["log", "origin, size, created_at", "origin"],
      ["checkpoint", "size, encode(root, 'hex'), note, published_at, clock_went_back", "size"],
      ["tile", "level, number, encode(hashes, 'hex')", "level, number"],
      ["state", "kind, key, record", "kind, key"],
      ["person", "id, entry", "id"],
      ["pending", "id", "id"],
    ] as const)
      rows[table] = (
        await client.query(`SELECT ${columns} FROM countersign.${table} ORDER BY ${order}`)
      ).rows;
    return rows;
  });
}

test("a backup holds no private key, however it is spelled; one made with --with-keys holds each of them", async () => {
  const secrets = await secretsOf(place, "company");
  assert.ok(secrets.size >= 14, [...secrets.keys()].join(", "));
  const found = (name: string): string[] => {
    const parts = [readFileSync(at(name)), ...entriesOf(at(name)).values()];
    return [...secrets].flatMap(([what, bytes]) =>
      parts.some((part) => part.includes(bytes)) ? [what] : [],
    );
  };
  assert.deepEqual(found("plain.zip"), []);
  const kept = found("keys.zip");
  for (const name of readdirSync(at("company/.countersign/keys")))
    assert.ok(kept.includes(`${name}, PEM`), `${name} is in the backup with keys`);
  assert.ok(kept.includes("directory key, hex"));
  assert.ok(!kept.includes("password of the server"));
  for (const name of ["plain.zip", "keys.zip"]) assert.equal(statSync(at(name)).mode & 0o777, 0o600, name);
  const again = await place.run("backup", "create", "folder/", "--with-keys", ...SMALL);
  assert.match(again.stderr, /holds private keys: whoever has it can sign/);
});

test("two backups of one size are the same bytes, and a file that is there is not replaced", async () => {
  await done(place, "backup", "create", "again.zip", ...SMALL);
  assert.ok(readFileSync(at("again.zip")).equals(readFileSync(at("plain.zip"))));
  const names = readdirSync(at("folder"));
  assert.match(names.join(), /^small-co_with-keys_\d+\.backup\.zip$/);
  assert.ok(readFileSync(at(`folder/${names[0] ?? ""}`)).equals(readFileSync(at("keys.zip"))));
  assert.match(await place.refused("backup", "create", "again.zip", ...SMALL), /of that name already/);
});

test("verify and reperform say that a backup is one, and which command reads it", async () => {
  for (const verb of ["verify", "reperform"]) {
    const said = await place.refused(verb, "plain.zip");
    assert.match(said, /this is a backup of a workspace, not a package/);
    assert.match(said, /countersign backup restore plain\.zip/);
    assert.doesNotMatch(said, /NOT INTACT/);
  }
});

test("restored with its keys a workspace is what it was, row by row and file by file, and the log goes on", async () => {
  programAt(place, "whole");
  const told = await done(place, "backup", "restore", "keys.zip", "--workspace", "whole");
  assert.match(told, /outside {2}3 checkpoints beside the program/);
  assert.match(told, /keys {5}here: the log goes on/);
  assert.deepEqual(await tables("whole"), await tables("company"));
  const files = (home: string) =>
    readdirSync(at(`${home}/.countersign/blobs/${ORGANIZATION}`), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[0-9a-f]{64}/.test(entry.name))
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "latin1")] as const)
      .sort();
  assert.deepEqual(files("whole"), files("company"));

  const home = ["--workspace", "whole"];
  assert.match(await done(place, "fsck", ...home), /nothing damaged/);
  await done(place, "collect", "hr-leavers", ...home);
  const people = async (version: string): Promise<unknown[]> => {
    const listed = await place.run("population", "show", version, "--items", ...home);
    return [...listed.stdout.matchAll(/"person":"(p_[0-9a-f]{24})"/g)].map(([, id]) => id);
  };
  const ids = await people("hr-leavers");
  assert.ok(ids.length >= 2, "persons are read again");
  const before = (await tables("company"))["person"] as readonly { readonly id: string }[];
  const known = new Set(before.map(({ id }) => id));
  assert.deepEqual(
    ids.filter((id) => !known.has(id as string)),
    [],
    "the same persons have the same ids",
  );
  await done(place, "assess", ...home);
  await done(place, "package", "create", "--out", "whole.zip", ...home);
  const verdict = await place.json<{ intact: boolean; faults: unknown[] }>(
    ...["verify", "whole.zip", "--since", "old-checkpoint"],
  );
  assert.deepEqual(verdict.faults, []);
  assert.match(await done(place, "fsck", ...home), /nothing damaged/);
  await done(place, "key", "rotate", "log", "--overlap-days", "0", ...home);
  await done(place, "key", "show", ...home);
});

test("restored without keys a workspace is read and checked, records nothing, and makes itself no other keys", async () => {
  programAt(place, "read");
  const told = await done(place, "backup", "restore", "plain.zip", "--workspace", "read");
  assert.match(told, /keys {5}not here: .* no key can be rotated/);
  await place.keepServer("read");
  const home = ["--workspace", "read"];
  const status = await place.run("status", ...home);
  assert.equal(status.status, 0, status.stderr);
  assert.match(status.stderr, /can be read and checked, and nothing can be recorded/);
  for (const command of [
    ["map"],
    ["explain", "L-2"],
    ["deviation", "list"],
    ["evidence", "show"],
    ["population", "show", "hr-leavers"],
    ["sample", "list"],
    ["erase", "list"],
    ["anchor", "list"],
    ["key", "show"],
    ["fsck"],
    ["log", "export", "exported"],
    ["backup", "create", "of-the-restored.zip"],
  ])
    await done(place, ...command, ...home);
  assert.ok(readFileSync(at("of-the-restored.zip")).equals(readFileSync(at("plain.zip"))));
  for (const command of [
    ["collect"],
    ["assess"],
    ["key", "rotate", "log"],
    ["key", "retire"],
    ["package", "create"],
    ["backup", "create", "keyless.zip", "--with-keys"],
  ])
    assert.match(
      await place.refused(...command, ...home),
      /made with keys that are not in this workspace/,
      command[0],
    );
  assert.deepEqual(readdirSync(at("read/.countersign/keys")), []);

  // The files of the keys come from elsewhere; the key behind the ids of persons was in the database only.
  cpSync(at("company/.countersign/keys"), at("read/.countersign/keys"), { recursive: true });
  const refused = await place.refused("collect", ...home);
  assert.match(refused, /the key behind the ids of persons is not in this workspace/);
  const server = await place.keepServer("read");
  const { rows } = await asAdministrator(server.connectionString("countersign"), (client) =>
    client.query("SELECT 1 FROM countersign.directory_key"),
  );
  assert.deepEqual(rows, []);
});

test("a backup without keys takes them from one that has them, and from no other organization's", async () => {
  programAt(place, "joined");
  const keyless = ["backup", "restore", "plain.zip", "--keys-from", "before.zip", "--workspace", "joined"];
  assert.match(await place.refused(...keyless), /this backup holds no keys/);
  assert.equal(existsSync(at("joined/.countersign")), false);
  const joined = ["backup", "restore", "plain.zip", "--keys-from", "keys.zip", "--workspace", "joined"];
  assert.match(await done(place, ...joined), /the log goes on/);
  await done(place, "collect", "--workspace", "joined");
});

test("a backup older than a checkpoint kept outside is refused before anything is written, and one of before it is not", async () => {
  programAt(place, "newer");
  const refused = await place.refused("backup", "restore", "before.zip", "--workspace", "newer");
  assert.match(refused, /the backup is older than a checkpoint kept outside it/);
  assert.match(refused, /countersign\/checkpoints\/newest/);
  assert.equal(existsSync(at("newer/.countersign")), false);
  programAt(place, "older", "before-erasure");
  await done(place, "backup", "restore", "before.zip", "--workspace", "older");
  // Then the newer checkpoint comes back with the company's history: what was restored is refused, as any old copy is.
  cpSync(at("company/countersign/checkpoints"), at("older/countersign/checkpoints"), { recursive: true });
  const opened = await place.refused("status", "--workspace", "older");
  assert.match(opened, /the database is older than a checkpoint kept outside it/);
});

test("what was erased before a backup is not in it; one from before the erasure holds it still", async () => {
  const holding = (name: string) =>
    [...entriesOf(at(name))].filter(([, bytes]) => bytes.includes(REMOVED)).map(([path]) => path);
  assert.deepEqual(holding("plain.zip"), []);
  assert.deepEqual(holding("keys.zip"), []);
  assert.deepEqual(holding("before.zip"), ["files/bytes.part-00000"]);
  programAt(place, "erased");
  await done(place, "backup", "restore", "plain.zip", "--workspace", "erased");
  assert.deepEqual(storedWith(place, "erased", REMOVED), []);
  const found = await done(place, "fsck", "--workspace", "erased");
  assert.match(found, /nothing damaged/);
});

test("what a record calls erased does not enter a backup, though its bytes are here still or again", async () => {
  programAt(place, "undone");
  await done(place, "backup", "restore", "plain.zip", "--workspace", "undone");
  // Carries the erasures out, and notes that it did: nothing is looked for again.
  await done(place, "status", "--workspace", "undone");
  programAt(place, "unerased", "before-erasure");
  await done(place, "backup", "restore", "before.zip", "--workspace", "unerased");
  const blobs = (home: string): string => at(`${home}/.countersign/blobs/${ORGANIZATION}`);
  cpSync(blobs("unerased"), blobs("undone"), { recursive: true });
  assert.ok(storedWith(place, "undone", REMOVED).length >= 2, "a file and a line are back");
  await done(place, "backup", "create", "undone.zip", "--workspace", "undone");
  assert.ok(readFileSync(at("undone.zip")).equals(readFileSync(at("plain.zip"))));
});

test("nothing is restored where something is, or beside another organization's program, or from what is no backup", async () => {
  const again = await place.refused("backup", "restore", "plain.zip", ...SMALL);
  assert.match(again, /there is a workspace here already/);
  await done(
    place,
    ...["init", "--from", "2026-04-01", "--through", "2026-06-30", "--name", "Other Co", "-w", "elsewhere"],
  );
  const other = await place.refused("backup", "restore", "plain.zip", "--workspace", "elsewhere");
  assert.match(other, /the backup is of small-co, and the program here is of other-co/);
  for (const name of ["old-checkpoint", "whole.zip", "company", "nowhere.zip"]) {
    const refused = await place.refused("backup", "restore", name, "--workspace", "fresh");
    assert.match(refused, /not a whole backup|cannot be read/, name);
  }
  assert.equal(existsSync(at("fresh")), false);
  const told = await done(place, "backup", "restore", "plain.zip", "--workspace", "fresh");
  assert.match(told, /no checkpoint stood beside the program/);
});
