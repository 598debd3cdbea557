/**
 * Asks a witness to cosign a checkpoint (C2SP tlog-witness, add-checkpoint). The witness remembers the newest one it has
 * cosigned: it refuses a log that does not extend it, and tells a database that is older than what it has seen.
 */
import {
  err,
  formatInstant,
  ok,
  ProblemError,
  type Instant,
  type Problem,
  type Result,
} from "@countersign/kernel";
import {
  addSignatures,
  consistencyProof,
  formatAddCheckpoint,
  parseVerifierKey,
  parseWitnessSize,
  readCosignatures,
  type Checkpoint,
  type NoteVerifier,
} from "@countersign/ledger";
import type { WitnessTarget } from "@countersign/program";
import type { Context } from "../context.ts";
import type { Post, PostAnswer } from "../ports/index.ts";

const TIMEOUT_MS = 30_000;
/** At most 100 signature lines. */
const ANSWER_BYTES_MAX = 64 * 1024;

export type Cosigned = {
  /** The note with the witness's lines. */
  readonly note: string;
  readonly witness: NoteVerifier;
  readonly at: Instant;
};

export type WitnessFault = {
  readonly problem: Problem;
  /** What was sent and answered, where the two contradict each other. */
  readonly evidence: string | undefined;
};

type Question = {
  readonly target: WitnessTarget;
  readonly witness: NoteVerifier;
  readonly note: string;
  readonly checkpoint: Checkpoint;
};

/**
 * @param lastSize of the newest checkpoint that this witness is recorded to have cosigned, or 0
 * @throws ProblemError `rolled-back` when the witness has seen more records than there are
 */
export async function askWitness(
  ctx: Pick<Context, "store" | "organization">,
  post: Post,
  target: WitnessTarget,
  subject: { readonly note: string; readonly checkpoint: Checkpoint },
  lastSize: number,
): Promise<Result<Cosigned, WitnessFault>> {
  const key = parseVerifierKey(target.key, ["cosignature/v1"]);
  if (!key.ok) return fault(target, "witness-key", `the key of ${target.id} cannot be read`, key.error);
  const question: Question = { target, witness: key.value, ...subject };
  let oldSize = Math.min(lastSize, subject.checkpoint.size);
  for (let attempt = 1; ; attempt++) {
    const body = await requestBody(ctx, question, oldSize);
    const answer = await post({
      url: `${target.url.replace(/\/+$/, "")}/add-checkpoint`,
      contentType: "text/plain; charset=utf-8",
      body: Buffer.from(body),
      timeoutMs: TIMEOUT_MS,
      answerBytesMax: ANSWER_BYTES_MAX,
    });
    if (!answer.ok) return refused(target, "witness-unreachable", answer.error);
    if (answer.value.status !== 409) return readAnswer(question, body, answer.value);
    const size = parseWitnessSize(textOf(answer.value));
    if (!size.ok) return refused(target, "witness-answer", `it answered 409, and ${size.error}`);
    if (size.value > subject.checkpoint.size) throw rolledBack(target, size.value, subject.checkpoint.size);
    // Somebody else may have had a checkpoint cosigned meanwhile; once is enough to learn of it.
    if (attempt === 2 || size.value === oldSize)
      return refused(
        target,
        "witness-conflict",
        `it holds ${size.value} records to be its newest, and takes no proof from there`,
      );
    oldSize = size.value;
  }
}

async function requestBody(
  ctx: Pick<Context, "store" | "organization">,
  { checkpoint, note }: Question,
  oldSize: number,
): Promise<string> {
  const { size } = checkpoint;
  const proof =
    oldSize === 0 || oldSize === size
      ? []
      : await ctx.store.readTree(ctx.organization, (read) => consistencyProof(oldSize, size, read));
  return formatAddCheckpoint({ oldSize, proof, checkpoint: note });
}

function readAnswer(question: Question, body: string, answer: PostAnswer): Result<Cosigned, WitnessFault> {
  const { target, witness, note } = question;
  const said = textOf(answer);
  if (answer.status === 200) {
    const lines = readCosignatures(said, note, [witness]);
    if (!lines.ok)
      return refused(target, "witness-answer", `what it signed is no cosignature: ${lines.error}`);
    const [first] = lines.value;
    if (first?.timestamp === undefined) return refused(target, "witness-answer", "it gave no time");
    return ok({
      note: addSignatures(
        note,
        lines.value.map(({ line }) => line),
      ),
      witness,
      at: formatInstant(Number(first.timestamp) * 1000),
    });
  }
  if (answer.status === 422)
    return err({
      problem: {
        code: "witness-fork",
        what: `${target.id} has seen another history of this log: it does not accept that the newest checkpoint extends it`,
        where: target.url,
        why: "the log was rewritten after a checkpoint that this witness has cosigned, or the witness errs",
        next: "keep the files beside the program, they are evidence; countersign fsck says whether the database contradicts itself",
      },
      evidence: `${body}\n--\nanswer ${answer.status}\n${said}`,
    });
  const unknown = answer.status === 404 || answer.status === 403;
  return refused(
    target,
    "witness-refused",
    `it answered with the HTTP status ${answer.status}${unknown ? ": the log, or its key, is not known to it; give it the verifier key (countersign key show)" : ""}`,
  );
}

function textOf({ body }: PostAnswer): string {
  return Buffer.from(body).toString("utf8");
}

function rolledBack(target: WitnessTarget, seen: number, here: number): ProblemError {
  return new ProblemError({
    code: "rolled-back",
    what: `the database is older than what a witness has seen: ${here} records, ${target.id} has cosigned ${seen}`,
    where: `${target.id}, ${target.url}`,
    why: "records that were acknowledged are missing; an old copy of the database may have been restored",
    next: "restore the newer database; nothing was recorded",
  });
}

function refused(target: WitnessTarget, code: string, why: string): Result<Cosigned, WitnessFault> {
  return fault(target, code, `${target.id} gave no cosignature that can be kept`, why);
}

function fault(
  target: WitnessTarget,
  code: string,
  what: string,
  why: string,
): Result<Cosigned, WitnessFault> {
  const next = "nothing was recorded; try again, or name another witness in countersign/anchors.yaml";
  return err({ problem: { code, what, where: target.url, why, next }, evidence: undefined });
}
