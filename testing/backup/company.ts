/** A small company with all that a backup has to carry: two log keys, persons, evidence, a run, an erased item. */
import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asAdministrator } from "../../packages/store/src/testing/server.ts";
import { makeSmallCompany, ORGANIZATION, SMALL } from "../journeys/small-company.ts";
import type { Place } from "../journeys/support.ts";

export const DECIDED = [
  "--reason",
  "asked for",
  "--by",
  "bo@small.example",
  "--approver",
  "cy@small.example",
];
/** A fact of the item that is erased, and of no other. */
export const REMOVED = "2026-06-14T03:00:00Z";

export async function done(place: Place, ...args: readonly string[]): Promise<string> {
  const answer = await place.run(...args);
  assert.equal(answer.status, 0, `${args.join(" ")}\n${answer.stdout}${answer.stderr}`);
  return answer.stdout;
}

/** Ends with `before.zip`, made before the erasure, `plain.zip` and `keys.zip`; `old-checkpoint` is of before the erasure. */
export async function makeBackups(place: Place): Promise<void> {
  await makeSmallCompany(place);
  await place.keepServer("company");
  await done(place, "collect", "hr-leavers", ...SMALL);
  await done(place, "key", "rotate", "log", "--overlap-days", "30", ...SMALL);
  place.write("minutes.txt", "present: Ada Lovelace, who asked for her review\n");
  await done(
    place,
    ...["evidence", "add", "minutes.txt", "--control", "GOV-01", "--performed-at", "2026-04-20", ...SMALL],
  );
  await done(place, "key", "retire", ...SMALL);
  await done(place, "assess", ...SMALL);
  await done(place, "backup", "create", "before.zip", ...SMALL);
  cpSync(join(place.folder, "company/countersign"), join(place.folder, "before-erasure"), {
    recursive: true,
  });
  place.write("old-checkpoint", place.read("company/countersign/checkpoints/newest"));
  await done(place, "erase", "item", "hr-leavers", "L-3", ...DECIDED, ...SMALL);
  await done(place, "assess", ...SMALL);
  await done(place, "backup", "create", "plain.zip", ...SMALL);
  await done(place, "backup", "create", "keys.zip", "--with-keys", ...SMALL);
}

/** A folder with the company's program beside which a backup can be restored. */
export function programAt(place: Place, home: string, program = "company/countersign"): void {
  cpSync(join(place.folder, program), join(place.folder, home, "countersign"), { recursive: true });
  cpSync(join(place.folder, "company/exports"), join(place.folder, home, "exports"), { recursive: true });
}

/** Names of stored files that hold the text. */
export function storedWith(place: Place, home: string, text: string): readonly string[] {
  const folder = join(place.folder, home, ".countersign/blobs", ORGANIZATION);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text))
    .map((entry) => entry.name);
}

/** Everything secret of the company's workspace, in every spelling that somebody could search for. */
export async function secretsOf(place: Place, home: string): Promise<ReadonlyMap<string, Buffer>> {
  const workspace = join(place.folder, home, ".countersign");
  const found = new Map<string, Buffer>();
  const add = (name: string, secret: Buffer): void => {
    found.set(`${name}, raw`, secret);
    for (const spelling of ["hex", "base64", "base64url"] as const)
      found.set(`${name}, ${spelling}`, Buffer.from(secret.toString(spelling).replace(/=+$/, "")));
  };
  for (const name of readdirSync(join(workspace, "keys"))) {
    const pem = readFileSync(join(workspace, "keys", name), "utf8");
    // Of a PEM the second line, without what all keys of a kind begin with.
    found.set(`${name}, PEM`, Buffer.from(pem.split("\n")[1]?.slice(-32) ?? ""));
    add(name, Buffer.from(createPrivateKey(pem).export({ format: "jwk" }).d ?? "", "base64url"));
  }
  const server = await place.keepServer(home);
  const { rows } = await asAdministrator(server.connectionString("countersign"), (client) =>
    client.query<{ key: Buffer }>("SELECT key FROM countersign.directory_key"),
  );
  for (const { key } of rows) add("directory key", key);
  const password = join(workspace, "postgres", "password");
  if (existsSync(password))
    found.set("password of the server", Buffer.from(readFileSync(password, "utf8").trim()));
  return found;
}
