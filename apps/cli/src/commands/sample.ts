/** `sample draw|extend|enter|list|show|size`. Management never picks. */
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { ProblemError } from "@countersign/kernel";
import { drawSample, extendSample, loadState, sampleResults, type Drawn } from "@countersign/application";
import { sampleSize, sizeFromTable, upperDeviationLimit } from "@countersign/assessment";
import type { DrawBody } from "@countersign/records";
import { table } from "../screen/table.ts";
import { loadCatalog } from "../session.ts";
import { resultWords } from "./explain.ts";
import { nameFinder, withSession, withReading, type Common, type Shell } from "./shared.ts";

export function registerSample(group: Command, common: (command: Command) => Command, shell: Shell): void {
  common(group.command("draw").argument("<population>"))
    .requiredOption("--size <n>", "how many items")
    .requiredOption("--nonce <hex>", "the auditor's 32 bytes, as 64 hex digits")
    .option("--auditor-key <file>", "the auditor's public key, PEM")
    .option("--nonce-signature <file>", "the auditor's signature over the nonce's hex digits")
    .option("--stratum <field=value>", "draw among these items only")
    .option("--purpose <text>", "what the sample is for")
    .action((population: string, options: DrawOptions) => drawSampleItems(shell, population, options));
  common(group.command("extend").argument("<draw>"))
    .requiredOption("--size <n>", "how many items in all")
    .action((draw: string, options: Parameters<typeof extendSampleItems>[2]) =>
      extendSampleItems(shell, draw, options),
    );
  common(group.command("enter").argument("<population>").argument("[id...]"))
    .option("--file <file>", "ids, one a line")
    .option("--purpose <text>", "what the sample is for")
    .action((population: string, ids: readonly string[], options: Common) =>
      enterSampleItems(shell, population, ids, options),
    );
  common(group.command("list")).action((options: Common) => listSamples(shell, options));
  common(group.command("show").argument("<draw>"))
    .description("the items of a draw, and what the newest assessment found for each")
    .option("--confidence <rate>", "0.9 for 90 percent: adds the upper deviation limit")
    .action((draw: string, options: Parameters<typeof showSample>[2]) => showSample(shell, draw, options));
  group
    .command("size")
    .description("attribute sample size (hypergeometric) beside published tables; never a default")
    .requiredOption("--population <n>", "items in the population")
    .requiredOption("--confidence <rate>", "0.9 for 90 percent")
    .requiredOption("--tolerable <rate>", "the rate of deviations that can be borne")
    .requiredOption("--expected <n>", "deviations that the sample may hold")
    .option("--sampled <n>", "items tested, for the upper deviation limit")
    .option("--found <n>", "deviations found among them")
    .option("--json", "print JSON")
    .action((options: SizeOptions) => sizeOfSample(shell, options));
}

export type DrawOptions = Common & {
  readonly size: string;
  readonly nonce: string;
  readonly purpose?: string;
  readonly auditorKey?: string;
  readonly nonceSignature?: string;
  readonly stratum?: string;
};

export async function drawSampleItems(shell: Shell, population: string, options: DrawOptions): Promise<void> {
  const signed = signedNonce(options);
  await withSession(shell, options, async ({ ctx }) => {
    const drawn = await drawSample(ctx, {
      population,
      purpose: options.purpose ?? "test of operating effectiveness",
      drawnBy: signed === undefined ? "management" : "auditor",
      method: "seeded",
      size: wholeNumber(options.size, "--size"),
      nonce: options.nonce.toLowerCase(),
      ...(signed === undefined ? {} : { signed }),
      ...(options.stratum === undefined ? {} : { stratum: stratumOf(options.stratum) }),
    });
    show(shell, drawn, options);
  });
}

export async function extendSampleItems(
  shell: Shell,
  draw: string,
  options: Common & { readonly size: string },
): Promise<void> {
  await withSession(shell, options, async ({ ctx }) => {
    show(shell, await extendSample(ctx, draw, wholeNumber(options.size, "--size")), options);
  });
}

export async function enterSampleItems(
  shell: Shell,
  population: string,
  ids: readonly string[],
  options: Common & { readonly file?: string; readonly purpose?: string },
): Promise<void> {
  const listed =
    options.file === undefined
      ? []
      : readOption(options.file, "--file")
          .toString("utf8")
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter((line) => line !== "");
  await withSession(shell, options, async ({ ctx }) => {
    const drawn = await drawSample(ctx, {
      population,
      purpose: options.purpose ?? "the auditor's own selection",
      drawnBy: "auditor",
      method: "auditor-entered",
      ids: [...ids, ...listed],
    });
    show(shell, drawn, options);
  });
}

export async function listSamples(shell: Shell, options: Common): Promise<void> {
  await withReading(shell, options, async ({ ctx }) => {
    const rows = (await loadState(ctx)).rows("sample.drawn");
    if (options.json === true) shell.output.json(rows);
    else
      shell.output.print(
        table([
          ["draw", "population", "method", "size", "nonce", "extends", "recorded"],
          ...rows.map(({ body, recordedAt }) => [
            body.draw,
            body.population,
            body.method,
            String(body.size),
            body.nonceOrigin.kind,
            body.extends ?? "",
            recordedAt,
          ]),
        ]),
      );
  });
}

/** The items of a draw with what the newest assessment found for each. */
export async function showSample(
  shell: Shell,
  draw: string,
  options: Common & { readonly confidence?: string },
): Promise<void> {
  await withReading(shell, options, async (session) => {
    const confidence =
      options.confidence === undefined ? undefined : fraction(options.confidence, "--confidence");
    const found = await sampleResults(session.ctx, draw, confidence);
    if (options.json === true) {
      shell.output.json(found);
      return;
    }
    const { print } = shell.output;
    print(`${found.draw.draw}: ${originWords(found.draw)}; as run ${found.run} found them`);
    for (const each of found.activities) {
      const unknown = each.unknown === 0 ? "" : `, ${each.unknown} unknown or not due`;
      print(
        `  ${each.control}  ${each.deviated} of ${each.sampled} deviated (N = ${found.population})${unknown}  ${each.title}`,
      );
      if (each.upperLimit !== undefined)
        print(
          `    upper deviation limit at ${options.confidence ?? ""}: ${each.upperLimit.deviations} of ${found.population} (${(each.upperLimit.rate * 100).toFixed(1)} %), hypergeometric`,
        );
      else if (confidence !== undefined)
        print("    no upper limit: only a seeded draw whose items are all known bounds the rest");
    }
    const nameOf = await nameFinder(session);
    for (const { id, occurrences } of found.items) {
      const words = occurrences.map((each) => {
        const causes = each.attributes
          .filter((result) => result.state === "deviated" || result.state === "unknown")
          .map((result) => resultWords(result, nameOf));
        return [`${each.control} ${each.state}`, ...new Set(causes)].join(", ");
      });
      print(`  ${id}  ${words.length === 0 ? "owes nothing" : words.join("; ")}`);
    }
  });
}

export type SizeOptions = {
  readonly population: string;
  readonly confidence: string;
  readonly tolerable: string;
  readonly expected: string;
  readonly found?: string;
  readonly sampled?: string;
  readonly json?: boolean;
};

/** A calculation for the auditor's own judgement; no size is a default. */
export function sizeOfSample(shell: Shell, options: SizeOptions): void {
  const population = wholeNumber(options.population, "--population");
  const confidence = fraction(options.confidence, "--confidence");
  const calculated = sampleSize({
    population,
    confidence,
    tolerableRate: fraction(options.tolerable, "--tolerable"),
    expected: { deviations: wholeNumber(options.expected, "--expected") },
  });
  if (!calculated.ok) throw new ProblemError(calculated.error);
  const limit =
    options.sampled === undefined
      ? undefined
      : upperDeviationLimit({
          population,
          sampled: wholeNumber(options.sampled, "--sampled"),
          found: wholeNumber(options.found ?? "0", "--found"),
          confidence,
        });
  const published = loadCatalog().sampleSizes.tables.flatMap((each) => {
    const size = sizeFromTable(each, population);
    return size === undefined ? [] : [{ table: each.id, source: each.source, size }];
  });
  if (options.json === true) {
    shell.output.json({ ...calculated.value, upperDeviationLimit: limit, published });
    return;
  }
  shell.output.print(
    `hypergeometric: ${calculated.value.size} of ${population}, ${calculated.value.allowed} deviations allowed, at ${options.confidence} confidence and ${options.tolerable} tolerable`,
  );
  if (limit !== undefined)
    shell.output.print(
      `upper deviation limit: ${limit.deviations} of ${population} (${(limit.rate * 100).toFixed(1)} %)`,
    );
  for (const each of published)
    shell.output.print(`published, ${each.table}: ${each.size}  (${each.source})`);
  shell.output.print("the auditor chooses method and size; nothing here is a default");
}

/** How the items came about, and what is shown of who chose them. */
function originWords(body: DrawBody): string {
  const typed = body.nonceOrigin.kind === "typed-by-management";
  switch (body.method) {
    case "seeded":
      return typed
        ? "seeded; nonce typed-by-management: it is not shown that the auditor chose it"
        : "seeded; nonce auditor-signed";
    case "auditor-entered":
      return "auditor-entered; typed in: it is not shown that the auditor chose them";
    case "census":
      return "census";
  }
}

function show(shell: Shell, drawn: Drawn, options: Common): void {
  if (options.json === true) {
    shell.output.json(drawn);
    return;
  }
  const { body } = drawn;
  shell.output.print(
    `${body.draw}: ${body.items.length} of ${body.population}, ${originWords(body)}; record ${drawn.record}`,
  );
  if (body.seed !== undefined)
    shell.output.print(
      `  seed ${body.seed.hex}\n  from the log at ${body.seed.checkpointSize} records, where the freeze left it; population record at index ${body.seed.populationIndex}, root ${body.seed.populationRoot}, count ${body.seed.count}, nonce ${body.seed.nonce}`,
    );
  for (const id of body.items) shell.output.print(`  ${id}`);
}

function signedNonce(options: DrawOptions): { keyPem: string; signature: string } | undefined {
  if (options.auditorKey === undefined && options.nonceSignature === undefined) return undefined;
  if (options.auditorKey === undefined || options.nonceSignature === undefined)
    throw new ProblemError({
      code: "nonce-signature",
      what: "--auditor-key and --nonce-signature go together",
      next: "give both files, or neither: a nonce that management types in is labelled so",
    });
  return {
    keyPem: readOption(options.auditorKey, "--auditor-key").toString("utf8"),
    signature: readOption(options.nonceSignature, "--nonce-signature").toString("base64"),
  };
}

function readOption(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ProblemError(
      {
        code: "no-file",
        what: `the file of ${option} cannot be read`,
        where: path,
        next: "check the path; nothing was drawn",
      },
      { cause: error },
    );
  }
}

function stratumOf(text: string): { field: string; value: string } {
  const cut = text.indexOf("=");
  if (cut > 0) return { field: text.slice(0, cut), value: text.slice(cut + 1) };
  throw new ProblemError({
    code: "bad-stratum",
    what: `--stratum ${JSON.stringify(text)}`,
    next: "--stratum repository=api",
  });
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ProblemError({
    code: "bad-number",
    what: `${option} ${JSON.stringify(text)} is no whole number`,
    next: `${option} 25`,
  });
}

function fraction(text: string, option: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new ProblemError({
    code: "bad-number",
    what: `${option} ${JSON.stringify(text)} is no rate between 0 and 1`,
    next: `${option} 0.9`,
  });
}
