/** `key show`, `key rotate`, `key retire`, `key revoke`. */
import type { Command } from "commander";
import { Argument } from "commander";
import { ProblemError, type Instant } from "@countersign/kernel";
import {
  loadState,
  protectionOf,
  retireKey,
  revokeKey,
  rotateKey,
  shownKeys,
  clockSteps,
  trustWords,
  type KeyChange,
  type ShownKey,
} from "@countersign/application";
import { fingerprintOf } from "@countersign/package-format";
import { parseVerifierKey } from "@countersign/ledger";
import type { KeyPurpose } from "@countersign/records";
import { table } from "../screen/table.ts";
import { protectionLines } from "./anchor.ts";
import { findPerson, withSession, withReading, type Common, type Shell } from "./shared.ts";

const DAY_MS = 86_400_000;
/** Long enough that whoever has the old key's fingerprint meets a checkpoint of both. */
const OVERLAP_DAYS = 30;

export function registerKeys(group: Command, common: (command: Command) => Command, shell: Shell): void {
  common(group.command("show"))
    .description("every key of the log: purpose, fingerprint, since when, state")
    .action((options: Common) => showKeys(shell, options));
  common(
    group
      .command("rotate")
      .addArgument(new Argument("<purpose>", "which key").choices(["log", "attestation"])),
  )
    .description("make a new key; the old one signs beside it until the overlap is over")
    .option("--overlap-days <n>", "for how long both sign", String(OVERLAP_DAYS))
    .action((purpose: KeyPurpose, options: RotateOptions) => rotate(shell, purpose, options));
  common(group.command("retire").argument("[fingerprint]"))
    .description("end the overlap now: the old key signs no more, and its private key is deleted")
    .option("--keep-private-key", "set the private key aside instead of deleting it")
    .action((fingerprint: string | undefined, options: RetireOptions) => retire(shell, fingerprint, options));
  common(group.command("revoke").argument("<fingerprint>"))
    .description(
      "from a size of the log on, the key's signatures count for nothing; the newest is replaced first",
    )
    .requiredOption("--reason <text>", "why")
    .requiredOption("--by <person>", "who says so")
    .option("--from-size <n>", "absent: what it has signed so far still counts")
    .action((fingerprint: string, options: RevokeOptions) => revoke(shell, fingerprint, options));
}

async function showKeys(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async ({ ctx, loaded }) => {
    const log = await loadState(ctx);
    const made = (log.rows("log.created")[0]?.recordedAt ?? "") as Instant;
    const times = new Map(log.rows("key.rotated").map((row) => [log.indexOf(row.record), row.recordedAt]));
    const keys = shownKeys(ctx, (index) => (times.get(index) ?? made) as Instant);
    const protection = protectionOf(log);
    const words = trustWords({
      keyMadeAt: made,
      protection,
      sampleData: loaded.program.sampleData,
      clockSteps: await clockSteps(ctx),
    });
    if (options.json === true) {
      const key = parseVerifierKey(ctx.keys.logKey);
      if (!key.ok) throw new Error(key.error);
      shell.output.json({
        verifierKey: ctx.keys.logKey,
        log: fingerprintOf(key.value.publicKey),
        attestation: fingerprintOf(Buffer.from(ctx.keys.attestationKey, "base64")),
        madeAt: made,
        keys,
        tamperEvident: protection,
      });
      return;
    }
    const { print } = shell.output;
    print(table(keys.map(rowOf)));
    print(`verifier key     ${ctx.keys.logKey}`);
    print(
      "hand the fingerprints to the auditor by another way than the package: by telephone, on paper, in person",
    );
    for (const line of protectionLines(protection)) print(line);
    print(`does not show    ${words.doesNotShow[loaded.program.sampleData ? 1 : 0] ?? ""}`);
  });
}

function rowOf(key: ShownKey): string[] {
  const from = key.revokedFrom === undefined ? "" : ` from size ${key.revokedFrom} on`;
  const absent = !key.here && (key.state === "newest" || key.state === "in overlap");
  return [
    `${key.purpose} key`,
    key.fingerprint.short,
    `made ${key.since}`,
    `${key.state}${from}${absent ? ", not in this workspace" : ""}`,
  ];
}

type RotateOptions = Common & { readonly overlapDays: string };

async function rotate(shell: Shell, purpose: KeyPurpose, options: RotateOptions): Promise<void> {
  const days = wholeNumber(options.overlapDays, "--overlap-days");
  await withSession(shell, options, async ({ ctx }) => {
    const change = await rotateKey(ctx, purpose, days * DAY_MS);
    tell(shell, options, change, [
      `rotated  ${purpose} key ${change.old.short} → ${change.fresh?.short}`,
      days === 0
        ? "  the old key is retired at the next command; countersign key retire does it now"
        : `  both sign for ${days} days; then the old key is retired and its private key deleted`,
      "  tell the new fingerprint to whoever had the old one; the old one leads to it, too",
    ]);
  });
}

type RetireOptions = Common & { readonly keepPrivateKey?: boolean };

async function retire(shell: Shell, fingerprint: string | undefined, options: RetireOptions): Promise<void> {
  await withSession(shell, options, async ({ ctx }) => {
    const kept = options.keepPrivateKey === true;
    const change = await retireKey(ctx, fingerprint, kept ? "kept" : "deleted");
    tell(shell, options, change, [
      `retired  ${change.purpose} key ${change.old.short}; its private key was ${kept ? "set aside" : "deleted"}`,
    ]);
  });
}

type RevokeOptions = Common & { readonly reason: string; readonly by: string; readonly fromSize?: string };

async function revoke(shell: Shell, fingerprint: string, options: RevokeOptions): Promise<void> {
  const fromSize = options.fromSize === undefined ? undefined : wholeNumber(options.fromSize, "--from-size");
  await withSession(shell, options, async (session) => {
    const person = await findPerson(session, options.by, "--by");
    const change = await revokeKey(session.ctx, {
      ...{ typed: fingerprint, reason: options.reason, person },
      ...(fromSize === undefined ? {} : { fromSize }),
    });
    tell(shell, options, change, [
      `revoked  ${change.purpose} key ${change.old.short}; its private key was deleted`,
      ...(change.fresh === undefined
        ? []
        : [
            `  in its place ${change.fresh.short}: tell it to whoever had the old fingerprint, by another way`,
          ]),
    ]);
  });
}

function tell(shell: Shell, options: Common, change: KeyChange, lines: readonly string[]): void {
  if (options.json === true) shell.output.json(change);
  else for (const line of lines) shell.output.print(line);
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ProblemError({
    code: "bad-number",
    what: `${option} ${JSON.stringify(text)} is no whole number`,
    next: `${option} 30`,
  });
}
