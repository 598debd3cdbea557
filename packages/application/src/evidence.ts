/** Evidence that a person adds: files, the time of the performance and where that time comes from, facts. */
import { epochOf, ProblemError, type JsonObject } from "@countersign/kernel";
import {
  itemKindOf,
  whyNotFacts,
  type BlobRef,
  type PersonId,
  type SignedBundleBody,
  type Timed,
} from "@countersign/records";
import type { Person, Program } from "@countersign/program";
import { makeRecord, newSalt, publish } from "./append.ts";
import type { Context } from "./context.ts";
import { extendDirectory } from "./directory.ts";
import type { ReceiptState } from "./ports/index.ts";
import { describeSigned, type CheckedFiles, type EvidenceFile } from "./signed-evidence.ts";

export type NewEvidence = {
  readonly control: string;
  readonly activity?: string;
  readonly occurrence?: string;
  readonly performed: Timed;
  readonly performedBy?: PersonId;
  readonly facts: JsonObject;
  readonly files: readonly EvidenceFile[];
  readonly note?: string;
  /** A signed file that was verified; kept before the others, with what it was verified against. */
  readonly signed?: { readonly checked: CheckedFiles; readonly people: readonly Person[] };
};

export type EvidenceReceipt = {
  readonly record: string;
  readonly state: ReceiptState;
  readonly files: readonly BlobRef[];
  readonly signed?: SignedBundleBody;
};

/** @throws ProblemError when the control or activity is unknown, or a fact does not fit. Nothing is recorded then. */
export async function addEvidence(
  ctx: Context,
  program: Program,
  evidence: NewEvidence,
): Promise<EvidenceReceipt> {
  const { record, people } = await makeEvidence(ctx, program, evidence);
  await ctx.store.transaction(ctx.organization, async (tx) => {
    if (people.length > 0) await extendDirectory(ctx, tx, people);
    await tx.append(record);
  });
  await publish(ctx);
  return {
    record: record.id,
    state: await ctx.store.receipt(ctx.organization, record.id),
    files: record.body.files,
    ...(record.body.signed === undefined ? {} : { signed: record.body.signed }),
  };
}

async function makeEvidence(ctx: Context, program: Program, evidence: NewEvidence) {
  const activity = findActivity(program, evidence.control, evidence.activity);
  const kind = itemKindOf("performance");
  const wrong = kind === undefined ? "no kind performance" : whyNotFacts(kind, evidence.facts);
  if (wrong !== undefined)
    throw new ProblemError({
      code: "evidence-facts",
      what: "a fact of the evidence does not fit",
      why: wrong,
      next: `facts of a performance are ${Object.keys(kind?.fields ?? {}).join(", ")}`,
    });
  if (epochOf(evidence.performed.at) > ctx.clock.now())
    throw new ProblemError({
      code: "evidence-future",
      what: `the performance is dated ${evidence.performed.at}, which has not come yet`,
      next: "give the time at which it was performed",
    });
  const checked = evidence.signed?.checked;
  const { bundle, trustedRoot, publicKey } = checked?.files ?? {};
  const given = [bundle, trustedRoot, publicKey, ...evidence.files].filter((file) => file !== undefined);
  const files = given.map((file) => ({
    ...ctx.blobs.put(file.bytes, newSalt(ctx.random)),
    salted: true as const,
    name: file.name,
    mediaType: file.mediaType,
  }));
  const signed =
    checked === undefined || files[0] === undefined
      ? undefined
      : await describeSigned(ctx, evidence.signed?.people ?? [], checked, files[0].digest);
  const record = makeRecord(
    ctx,
    "evidence.added",
    evidence.control,
    {
      control: evidence.control,
      activity,
      ...(evidence.occurrence === undefined ? {} : { occurrence: evidence.occurrence }),
      performed: evidence.performed,
      ...(evidence.performedBy === undefined ? {} : { performedBy: evidence.performedBy }),
      facts: evidence.facts,
      files,
      ...(evidence.note === undefined ? {} : { note: evidence.note }),
      ...(signed === undefined ? {} : { signed: signed.body }),
    },
    { occurredAt: evidence.performed, digests: files.map((file) => file.digest) },
  );
  return { record, people: signed?.people ?? [] };
}

/** The activity that evidence is for: named, or the control's only periodic one. */
export function findActivity(program: Program, controlId: string, activityId: string | undefined): string {
  const versions = program.controls.filter((control) => control.id === controlId);
  if (versions.length === 0)
    throw new ProblemError({
      code: "unknown-control",
      what: `the program has no control ${JSON.stringify(controlId)}`,
      why: `it has ${[...new Set(program.controls.map((control) => control.id))].join(", ")}`,
      next: "countersign status lists the controls that wait for evidence",
    });
  const activities = versions.flatMap((version) => version.activities);
  const periodic = [...new Set(activities.filter((each) => each.kind === "periodic").map((each) => each.id))];
  if (activityId === undefined && periodic.length === 1 && periodic[0] !== undefined) return periodic[0];
  const known = [...new Set(activities.map((each) => each.id))];
  if (activityId !== undefined && known.includes(activityId)) return activityId;
  if (activityId === undefined && periodic.length === 0)
    throw new ProblemError({
      code: "no-periodic-activity",
      what: `${controlId} is not performed by the calendar, so no evidence is added to it by hand`,
      why: `it is tested on what a source lists: ${[...new Set(activities.flatMap((each) => (each.kind === "periodic" ? [] : [each.population])))].join(", ")}`,
      next: "countersign collect, with a source in sources.yaml that provides it",
    });
  throw new ProblemError({
    code: "unknown-activity",
    what:
      activityId === undefined
        ? `${controlId} has ${periodic.length} periodic activities: name the one that the evidence is for`
        : `${controlId} has no activity ${JSON.stringify(activityId)}`,
    why: `it has ${known.join(", ")}`,
    next: `countersign evidence add --control ${controlId} --activity ACTIVITY …`,
  });
}
