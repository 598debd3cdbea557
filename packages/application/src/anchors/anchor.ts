/** Takes the newest checkpoint to everybody outside who is due this month, and records who has it since when. */
import { formatInstant, ProblemError, type Digest, type Problem } from "@countersign/kernel";
import { isKeyOfLog, parseCheckpointUnsafe, parseVerifierKey, type Checkpoint } from "@countersign/ledger";
import { fingerprintOf } from "@countersign/package-format";
import type { Anchors, LetterTarget, StampTarget, WitnessTarget } from "@countersign/program";
import type { AnchorBody, BlobRef, Timed } from "@countersign/records";
import { makeRecord, newId, publish } from "../append.ts";
import type { Context } from "../context.ts";
import { loadState } from "../log-state.ts";
import type { Post, SendMail } from "../ports/index.ts";
import { dueAnchors, periodAt, targetsOf } from "./due.ts";
import { formatLetter } from "./letter.ts";
import type { AnchorOutcome } from "./outcome.ts";
import { stampCheckpoint } from "./time-stamp.ts";
import { askWitness } from "./witness.ts";

export type AnchorRequest = {
  readonly anchors: Anchors;
  readonly organization: string;
  readonly zone: string;
  readonly sampleData: boolean;
  /** Also what this month has already. */
  readonly all?: boolean;
  readonly post: Post;
  /** Absent where no mail program is named by the environment. */
  readonly sendMail: SendMail | undefined;
  /** A file of the program folder. @throws ProblemError when it cannot be read. */
  readonly readFile: (path: string) => string;
};

type Subject = {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  readonly period: string;
  /** By verifier key: the size of the newest checkpoint that each witness is recorded to have cosigned. */
  readonly cosignedBy: ReadonlyMap<string, number>;
};

/** @throws ProblemError when a witness has seen a larger log than this one: then nothing may be appended. */
export async function createAnchors(ctx: Context, request: AnchorRequest): Promise<readonly AnchorOutcome[]> {
  const log = await loadState(ctx);
  const newest = await ctx.store.newestCheckpoint(ctx.organization);
  const parsed = newest === undefined ? undefined : parseCheckpointUnsafe(newest.note);
  if (newest === undefined || parsed?.ok !== true) throw new Error("a log without a checkpoint");
  const period = periodAt(request.zone, ctx.clock.now());
  const due = new Set(dueAnchors(log, request.anchors, period).map(({ target }) => target));
  const cosignedBy = new Map(
    log
      .rows("checkpoint.anchored")
      .flatMap(({ body }) => (body.key === undefined ? [] : [[body.key, body.checkpoint.size] as const])),
  );
  const subject = { note: newest.note, checkpoint: parsed.value, period, cosignedBy };
  const outcomes: AnchorOutcome[] = [];
  for (const { target, kind } of targetsOf(request.anchors)) {
    if (request.all !== true && !due.has(target)) {
      outcomes.push({ outcome: "not-due", target, period });
      continue;
    }
    ctx.say(`${kind} of ${subject.checkpoint.size} records: ${target}`);
    outcomes.push(await anchorOne(ctx, request, subject, target));
  }
  return outcomes;
}

async function anchorOne(
  ctx: Context,
  request: AnchorRequest,
  subject: Subject,
  target: string,
): Promise<AnchorOutcome> {
  const { timeStamps, witnesses, letters } = request.anchors;
  const witness = witnesses.find(({ id }) => id === target);
  const stamp = timeStamps.find(({ id }) => id === target);
  const letter = letters.find(({ to }) => to === target);
  if (witness !== undefined) return anchorByWitness(ctx, request, subject, witness);
  if (stamp !== undefined) return anchorByStamp(ctx, request, subject, stamp);
  if (letter !== undefined) return anchorByLetter(ctx, request, subject, letter);
  throw new Error(`no target ${target}`);
}

async function anchorByWitness(
  ctx: Context,
  request: AnchorRequest,
  subject: Subject,
  target: WitnessTarget,
): Promise<AnchorOutcome> {
  const key = parseVerifierKey(target.key, ["cosignature/v1"]);
  if (key.ok && isKeyOfLog(ctx.keys.chain, key.value.publicKey))
    return failed(target.id, {
      code: "witness-key",
      what: `the key of ${target.id} is one of the log's own: it would vouch for itself`,
      next: "name a witness that somebody else runs, with its key, in anchors.yaml",
    });
  const asked = await askWitness(ctx, request.post, target, subject, subject.cosignedBy.get(target.key) ?? 0);
  const stem = stemOf(subject, target.id);
  if (!asked.ok) {
    const { problem, evidence } = asked.error;
    if (evidence === undefined) return failed(target.id, problem);
    const kept = ctx.outside.keep(`${stem}.refused`, Buffer.from(evidence));
    return failed(target.id, {
      ...problem,
      where: `${problem.where ?? ""}; what was sent and answered: ${kept}`,
    });
  }
  const { note, witness, at } = asked.value;
  const path = ctx.outside.keep(`${stem}.checkpoint`, Buffer.from(note));
  return recordAnchor(ctx, subject, [path], [], {
    kind: "cosignature",
    target: target.id,
    toward: witness.name,
    at: { at, provenance: "source" },
    files: [],
    key: target.key,
    note,
  });
}

async function anchorByStamp(
  ctx: Context,
  request: AnchorRequest,
  subject: Subject,
  target: StampTarget,
): Promise<AnchorOutcome> {
  let rootPem: string;
  try {
    rootPem = request.readFile(target.root);
  } catch (error) {
    if (error instanceof ProblemError && error.problems[0] !== undefined)
      return failed(target.id, error.problems[0]);
    throw error;
  }
  const asked = await stampCheckpoint(ctx, request.post, target, rootPem, subject.note);
  if (!asked.ok) return failed(target.id, asked.error);
  const { response, stamp, remarks } = asked.value;
  const stem = stemOf(subject, target.id);
  const paths = [
    ctx.outside.keep(`${stem}.checkpoint`, Buffer.from(subject.note)),
    ctx.outside.keep(`${stem}.tsr`, response),
  ];
  return recordAnchor(ctx, subject, paths, remarks, {
    kind: "time-stamp",
    target: target.id,
    toward: stamp.authority,
    at: { at: formatInstant(stamp.at), provenance: "source" },
    files: [
      blobOf(ctx, response, `${stem}.tsr`, "application/timestamp-reply"),
      blobOf(ctx, Buffer.from(rootPem), `${target.id}-root.pem`, "application/x-pem-file"),
    ],
  });
}

async function anchorByLetter(
  ctx: Context,
  request: AnchorRequest,
  subject: Subject,
  target: LetterTarget,
): Promise<AnchorOutcome> {
  const { mail } = request.anchors;
  const mailed = target.mail !== undefined && mail !== undefined;
  const at = ctx.clock.now();
  const stem = stemOf(subject, target.to);
  const key = parseVerifierKey(ctx.keys.logKey);
  if (!key.ok) throw new Error(key.error);
  const message = Buffer.from(
    formatLetter({
      organization: request.organization,
      to: target.to,
      sampleData: request.sampleData,
      period: subject.period,
      at,
      origin: subject.checkpoint.origin,
      size: subject.checkpoint.size,
      root: base64(subject.checkpoint.root),
      fingerprint: fingerprintOf(key.value.publicKey).short,
      note: subject.note,
      fileName: `${stem}.checkpoint`,
      ...(mailed ? { mail: { from: mail.from, to: target.mail } } : {}),
    }),
  );
  const paths = [
    ctx.outside.keep(`${stem}.checkpoint`, Buffer.from(subject.note)),
    ctx.outside.keep(`${stem}.eml`, message),
  ];
  if (mailed) {
    const sent = await sendLetter(request, mail.sendmail, message);
    if (sent !== undefined) return failed(target.to, { ...sent, where: paths[1] ?? stem });
  }
  const remarks = mailed
    ? []
    : [`send ${paths[1] ?? stem} to the ${target.to}: until then only the company holds it`];
  return recordAnchor(ctx, subject, paths, remarks, {
    kind: "letter",
    target: target.to,
    toward: target.to,
    at: { at: formatInstant(at), provenance: "asserted" },
    // The letter itself may hold addresses; the record keeps what was in it: the note.
    files: [],
    handedBy: mailed ? "mail" : "file",
  });
}

async function sendLetter(
  request: AnchorRequest,
  variable: string,
  message: Uint8Array,
): Promise<Problem | undefined> {
  const problem = (why: string): Problem => ({
    code: "letter-unsent",
    what: "the letter was written and could not be mailed, so it is not recorded as sent",
    why,
    next: `name a sendmail program in ${variable}, or send the file yourself and take the addresses out of countersign/anchors.yaml`,
  });
  if (request.sendMail === undefined) return problem(`the environment variable ${variable} is not set`);
  const sent = await request.sendMail(message);
  return sent.ok ? undefined : problem(sent.error);
}

type Made = Pick<AnchorBody, "kind" | "target" | "toward" | "files"> & {
  readonly at: Timed;
  readonly key?: string;
  readonly handedBy?: "file" | "mail";
  /** The cosigned note, where it is another than the log's own. */
  readonly note?: string;
};

export async function recordAnchor(
  ctx: Context,
  subject: Subject,
  paths: readonly string[],
  remarks: readonly string[],
  made: Made,
): Promise<AnchorOutcome> {
  const { note, ...rest } = made;
  const { size, root } = subject.checkpoint;
  const noteRef = blobOf(ctx, Buffer.from(note ?? subject.note), "checkpoint", "text/plain");
  const body: AnchorBody = {
    anchor: newId(ctx.random, "anc"),
    ...rest,
    period: subject.period,
    checkpoint: { size, root: base64(root) },
    note: noteRef,
  };
  const digests: Digest[] = [noteRef.digest, ...made.files.map(({ digest }) => digest)];
  const record = makeRecord(ctx, "checkpoint.anchored", made.target, body, {
    occurredAt: made.at,
    digests,
  });
  await ctx.store.transaction(ctx.organization, (tx) => tx.append(record));
  await publish(ctx);
  return {
    outcome: "anchored",
    target: made.target,
    kind: made.kind,
    toward: made.toward,
    size,
    at: made.at.at,
    record: record.id,
    files: paths,
    remarks,
  };
}

function failed(target: string, problem: Problem): AnchorOutcome {
  return { outcome: "failed", target, problem };
}

/** "2026-11-12-authority": month, size, target. */
function stemOf({ period, checkpoint }: Subject, target: string): string {
  return `${period}-${checkpoint.size}-${target}`;
}

function blobOf(ctx: Context, bytes: Uint8Array, name: string, mediaType: string): BlobRef {
  return { ...ctx.blobs.put(bytes), name, mediaType };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
