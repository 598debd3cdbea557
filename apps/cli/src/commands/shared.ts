/** What every command is handed, and the few steps that many of them share. */
import {
  formatInstant,
  parseInstant,
  parseLocalDate,
  ProblemError,
  startOfDay,
  type EpochMs,
  type Instant,
  type LocalDate,
  type TimeZone,
} from "@countersign/kernel";
import { loadDirectoryKey, loadState, personIdOf, type LogState } from "@countersign/application";
import type { PersonId } from "@countersign/records";
import type { Environment } from "../environment.ts";
import { findHome, type Home } from "../home.ts";
import type { Output } from "../output.ts";
import { openSession, type LogAs, type Session } from "../session.ts";

export type Shell = {
  readonly environment: Environment;
  readonly output: Output;
  readonly cwd: string;
};

/** Options that every command has. */
export type Common = {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly asOf?: string;
};

export function homeOf(shell: Shell, options: Common): Home {
  return findHome(options.workspace, shell.cwd);
}

/**
 * Opens the session, runs the command, and closes whatever happened.
 * @param log "to read" for what records nothing; "as it is" only for what looks for damage
 */
export async function withSession<T>(
  shell: Shell,
  options: Common,
  work: (session: Session) => Promise<T>,
  log: LogAs = "sound",
): Promise<T> {
  const session = await openSession(homeOf(shell, options), shell, log);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** For a command that records nothing: it works in a workspace without private keys, too. */
export async function withReading<T>(
  shell: Shell,
  options: Common,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withSession(shell, options, work, "to read");
}

/** `2026-03-05` is the end of that day in the program's zone; a full instant is itself. */
export function asOfInstant(text: string | undefined, zone: string, option = "--as-of"): EpochMs | undefined {
  if (text === undefined) return undefined;
  const date = parseLocalDate(text);
  if (date.ok) return startOfDay(zone as TimeZone, date.value) + 86_400_000 - 1;
  const instant = parseInstant(text);
  if (instant.ok) return instant.value;
  throw new ProblemError({
    code: "as-of",
    what: `${option} ${JSON.stringify(text)}: ${instant.error}`,
    next: `${option} 2026-03-31, or ${option} 2026-03-31T18:00:00Z`,
  });
}

/** A local day of the program's zone, as `--on` names it. */
export function dayOption(text: string | undefined): LocalDate | undefined {
  if (text === undefined) return undefined;
  const date = parseLocalDate(text);
  if (date.ok) return date.value;
  throw new ProblemError({
    code: "bad-day",
    what: `--on ${JSON.stringify(text)}: ${date.error}`,
    where: "--on",
    next: "--on 2026-03-31",
  });
}

/** The instant of a typed time: with a zone it is itself; a date alone is noon of that day in the program's zone. */
export function typedInstant(text: string, zone: string, option: string): Instant {
  const date = parseLocalDate(text);
  if (date.ok) return formatInstant(startOfDay(zone as TimeZone, date.value) + 12 * 3_600_000);
  const instant = parseInstant(text);
  if (instant.ok) return formatInstant(instant.value);
  throw new ProblemError({
    code: "bad-time",
    what: `${option} ${JSON.stringify(text)}: ${instant.error}`,
    next: `${option} 2026-05-31, or ${option} 2026-05-31T14:00:00-04:00`,
  });
}

/** Names by opaque id, from the directory; an id that nobody is listed under stands for itself. */
export async function nameFinder(session: Session): Promise<(person: string) => string> {
  const people = await session.ctx.store.transaction(session.ctx.organization, (tx) => tx.people());
  const names = new Map<string, string>(
    people.map((entry) => [entry.id, entry.name === "" ? (entry.identities[0] ?? entry.id) : entry.name]),
  );
  return (person) => names.get(person) ?? person;
}

/** A person by handle or by any identity, as people.yaml or the directory knows them. */
export async function findPerson(session: Session, wanted: string, option: string): Promise<PersonId> {
  const lower = wanted.toLowerCase();
  // The id of someone in people.yaml is made from the handle there.
  const byHandle = personIdOf(await loadDirectoryKey(session.ctx), `handle:${wanted}`);
  const people = await session.ctx.store.transaction(session.ctx.organization, (tx) => tx.people());
  const found = people.filter(
    (entry) =>
      entry.id === wanted ||
      entry.id === byHandle ||
      entry.name.toLowerCase() === lower ||
      entry.identities.some(
        (identity) => identity === lower || identity.slice(identity.indexOf(":") + 1) === lower,
      ),
  );
  if (found.length === 1 && found[0] !== undefined) return found[0].id;
  throw new ProblemError({
    code: found.length === 0 ? "unknown-person" : "ambiguous-person",
    what:
      found.length === 0
        ? `${option} ${JSON.stringify(wanted)}: nobody of that name, address or login is known`
        : `${option} ${JSON.stringify(wanted)} names ${found.length} persons`,
    where: "countersign/people.yaml",
    next: "add the person to people.yaml, or name them by an address: email:ada@example.com",
  });
}

export async function stateOf(session: Session): Promise<LogState> {
  return loadState(session.ctx);
}

/** "npx countersign …", with the workspace where the command would not find it by itself. */
export function commandFor(shell: Shell, home: Home): (words: string) => string {
  let suffix = "";
  try {
    if (findHome(undefined, shell.cwd).root !== home.root) suffix = ` -w ${quoted(home.root, shell.cwd)}`;
  } catch {
    suffix = ` -w ${quoted(home.root, shell.cwd)}`;
  }
  return (words) => `npx countersign ${words}${suffix}`;
}

function quoted(path: string, cwd: string): string {
  const relative = path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
  return /^[\w./-]+$/.test(relative) ? relative : JSON.stringify(relative);
}
