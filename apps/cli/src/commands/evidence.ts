/** `evidence add|show|not-applicable`. */
import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { formatInstant, ProblemError, type Json, type JsonObject } from "@countersign/kernel";
import {
  addEvidence,
  checkSigned,
  findActivity,
  loadState,
  markNotApplicable,
  recordProgram,
  type CheckedFiles,
} from "@countersign/application";
import { itemKindOf, type Timed } from "@countersign/records";
import {
  findPerson,
  nameFinder,
  typedInstant,
  withSession,
  withReading,
  type Common,
  type Shell,
} from "./shared.ts";
import { readSignedFiles, signedLines, type SignedOptions } from "./signed.ts";

export type AddOptions = Common & {
  readonly control: string;
  readonly activity?: string;
  readonly occurrence?: string;
  readonly performedAt?: string;
  readonly sourceTime?: string;
  readonly by?: string;
  readonly fact?: readonly string[];
  readonly note?: string;
} & SignedOptions;

const FILE_BYTES_MAX = 256 * 1024 * 1024;

const mediaTypes: { readonly [extension: string]: string } = {
  ".csv": "text/csv",
  ".json": "application/json",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".txt": "text/plain",
};

export async function addEvidenceFiles(
  shell: Shell,
  files: readonly string[],
  options: AddOptions,
): Promise<void> {
  const read = files.map((file) => readEvidenceFile(file));
  const signed = readSignedFiles(options, readEvidenceFile);
  await withSession(shell, options, async (session) => {
    const { ctx, loaded } = session;
    await recordProgram(ctx, loaded);
    const { zone } = loaded.program.window;
    const checked = signed === undefined ? undefined : checkSigned(ctx, signed);
    const facts: { [name: string]: Json } = {};
    for (const text of options.fact ?? []) {
      const [name, value] = await readFact(text, (person) => findPerson(session, person, `--fact ${text}`));
      facts[name] = value;
    }
    const receipt = await addEvidence(ctx, loaded.program, {
      control: options.control,
      ...(options.activity === undefined ? {} : { activity: options.activity }),
      ...(options.occurrence === undefined ? {} : { occurrence: options.occurrence }),
      performed: performedTime(options, files, zone, checked),
      ...(options.by === undefined ? {} : { performedBy: await findPerson(session, options.by, "--by") }),
      facts: facts as JsonObject,
      files: read,
      ...(options.note === undefined ? {} : { note: options.note }),
      ...(checked === undefined ? {} : { signed: { checked, people: loaded.people } }),
    });
    if (options.json === true) shell.output.json(receipt);
    else {
      const place = "index" in receipt.state ? ` at index ${receipt.state.index}` : "";
      shell.output.print(`recorded ${receipt.record}: ${receipt.state.state}${place}`);
      for (const file of receipt.files)
        shell.output.print(`  ${file.name}  ${file.size} bytes  ${file.digest}`);
      if (receipt.signed !== undefined)
        for (const line of signedLines(receipt.signed, await nameFinder(session))) shell.output.print(line);
    }
  });
}

function readEvidenceFile(path: string) {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    throw new ProblemError(
      {
        code: "no-file",
        what: "the evidence file cannot be read",
        where: path,
        next: "check the path; nothing was recorded",
      },
      { cause: error },
    );
  }
  if (size > FILE_BYTES_MAX)
    throw new ProblemError({
      code: "file-too-large",
      what: `the evidence file has ${size} bytes, more than ${FILE_BYTES_MAX}`,
      where: path,
      why: "a file of that size is a data set: collect it as a population",
      next: "add the part that shows the performance, or map the file as a csv source in sources.yaml",
    });
  return {
    name: basename(path),
    mediaType: mediaTypes[extname(path).toLowerCase()] ?? "application/octet-stream",
    bytes: readFileSync(path),
  };
}

/** The best time there is: the source's own, else a typed one, else the signature's, else the file's. Each says which it is. */
function performedTime(
  options: AddOptions,
  files: readonly string[],
  zone: string,
  checked: CheckedFiles | undefined,
): Timed {
  if (options.sourceTime !== undefined)
    return { at: typedInstant(options.sourceTime, zone, "--source-time"), provenance: "source" };
  if (options.performedAt !== undefined)
    return { at: typedInstant(options.performedAt, zone, "--performed-at"), provenance: "asserted" };
  const signedAt = checked?.verified.times[0]?.at;
  if (signedAt !== undefined) return { at: signedAt, provenance: "source" };
  const first = files[0] ?? options.bundle;
  if (first !== undefined)
    return { at: formatInstant(Math.floor(statSync(first).mtimeMs)), provenance: "file" };
  throw new ProblemError({
    code: "no-time",
    what: "evidence needs the time at which it was performed",
    next: "--performed-at 2026-05-31 (typed, and marked so), --source-time for one that a system gave, or a file whose own time counts",
  });
}

async function readFact(text: string, person: (wanted: string) => Promise<string>): Promise<[string, Json]> {
  const cut = text.indexOf("=");
  const name = text.slice(0, cut);
  const value = text.slice(cut + 1);
  const field = itemKindOf("performance")?.fields[name];
  if (cut < 1 || field === undefined)
    throw new ProblemError({
      code: "bad-fact",
      what: `--fact ${JSON.stringify(text)} is no fact of a performance`,
      why: `facts are ${Object.keys(itemKindOf("performance")?.fields ?? {}).join(", ")}`,
      next: "--fact reviewedBy=ada --fact listed=68 --fact complete=true",
    });
  const one = async (part: string, type: string): Promise<Json> => {
    if (type === "person") return person(part);
    if (type === "int") return /^-?\d+$/.test(part) ? Number(part) : part;
    if (type === "bool") return part === "true" ? true : part === "false" ? false : part;
    return part;
  };
  if (field.type.type !== "list") return [name, await one(value, field.type.type)];
  const element = field.type.of.type;
  const parts: Json[] = [];
  for (const part of value.split(",")) parts.push(await one(part.trim(), element));
  return [name, parts];
}

export type NotApplicableOptions = Common & {
  readonly control: string;
  readonly activity?: string;
  readonly reason: string;
  readonly approver: string;
};

/** One occurrence or item that an activity does not owe, by decision of a named person. It stands beside the total. */
export async function markOccurrenceNotApplicable(
  shell: Shell,
  occurrence: string,
  options: NotApplicableOptions,
): Promise<void> {
  await withSession(shell, options, async (session) => {
    const { ctx, loaded } = session;
    await recordProgram(ctx, loaded);
    const record = await markNotApplicable(ctx, {
      control: options.control,
      activity: findActivity(loaded.program, options.control, options.activity),
      occurrence,
      reason: options.reason,
      approver: await findPerson(session, options.approver, "--approver"),
    });
    if (options.json === true) shell.output.json({ record });
    else
      shell.output.print(
        `${options.control} ${occurrence} marked not applicable; the next assessment shows it, with reason and approver; record ${record}`,
      );
  });
}

export async function showEvidence(
  shell: Shell,
  control: string | undefined,
  options: Common,
): Promise<void> {
  await withReading(shell, options, async (session) => {
    const log = await loadState(session.ctx);
    const rows = log
      .rows("evidence.added")
      .filter((row) => control === undefined || row.body.control === control || row.record === control);
    if (options.json === true) {
      shell.output.json(rows.map((row) => ({ ...row, index: log.indexOf(row.record) })));
      return;
    }
    const nameOf = await nameFinder(session);
    for (const { body, record, recordedAt } of rows) {
      const by = body.performedBy === undefined ? "" : ` by ${nameOf(body.performedBy)}`;
      const occurrence = body.occurrence === undefined ? "" : ` for ${body.occurrence}`;
      shell.output.print(
        `${body.control} ${body.activity}${occurrence}  performed ${body.performed.at} (${body.performed.provenance})${by}  recorded ${recordedAt}  ${record}, index ${log.indexOf(record)}`,
      );
      for (const file of body.files) shell.output.print(`  ${file.name}  ${file.size} bytes  ${file.digest}`);
      if (body.signed !== undefined)
        for (const line of signedLines(body.signed, nameOf)) shell.output.print(line);
    }
    if (rows.length === 0) shell.output.print("no evidence was added yet");
  });
}
