/** `data used`, `data past-term`, `model lineage`, `vendor usage`, `vendor reconcile`: what an AI company is asked of its data and its models. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { ProblemError } from "@countersign/kernel";
import {
  loadState,
  namesAgainstProgram,
  storesPastTerm,
  traceModel,
  whatWasSent,
  type TracedVersion,
} from "@countersign/application";
import type { Retained, Sent } from "@countersign/assessment";
import type { CustomerUse } from "@countersign/program";
import { registerDataPicture } from "./data-picture.ts";
import { asOfInstant, nameFinder, withReading, type Common, type Shell } from "./shared.ts";

type Registrar = (command: Command) => Command;

export function registerSystem(program: Command, common: Registrar, shell: Shell): void {
  const data = program
    .command("data")
    .description("what the company's data is used for, and how long it is kept");
  common(data.command("used").argument("<customer>"))
    .description("whether a customer's data was used in a model, and what the contract said of it")
    .requiredOption("--model <id>", "the model, as models.yaml names it")
    .action((customer: string, options: Common & { readonly model: string }) =>
      dataUsed(shell, customer, options),
    );
  registerDataPicture(data, common, shell);
  common(data.command("past-term"))
    .description("which stores hold data past its term, as far as somebody looked")
    .option("--on <date>", "on that day, or at that time; now unless said")
    .action((options: Common & { readonly on?: string }) => pastTerm(shell, options));
  const vendor = program.command("vendor").description("what vendors get");
  common(vendor.command("usage").argument("<file>"))
    .description("what a LiteLLM gateway sent to whom, against what the program says; prompts are not read")
    .option("--on <date>", "the program as it is on that day; today unless said")
    .action((file: string, options: Common & { readonly on?: string }) => vendorUsage(shell, file, options));
  common(vendor.command("reconcile"))
    .description("collected lists of what is paid for, signed on to and connected to, against the program")
    .option("--on <date>", "lists and program as of that day, or that time; now unless said")
    .action((options: Common & { readonly on?: string }) => vendorReconcile(shell, options));
  const model = program.command("model").description("the company's models");
  common(model.command("lineage").argument("<model>"))
    .description("each version: data sets with digests, code, releases with approvals and evaluations")
    .action((id: string, options: Common) => modelLineage(shell, id, options));
}

async function dataUsed(
  shell: Shell,
  customer: string,
  options: Common & { readonly model: string },
): Promise<void> {
  await withReading(shell, options, async ({ ctx }) => {
    const answer = traceModel(ctx, await loadState(ctx), { model: options.model, customer });
    if (options.json === true) {
      shell.output.json({ customer, ...answer });
      return;
    }
    const { print } = shell.output;
    if (answer.versions.length === 0) print(`the program names no version of ${options.model}`);
    for (const { id, version, use } of answer.versions) {
      print(`${id} (${servedWords(version)}): ${use === undefined ? "" : useWords(use)}`);
      if (use?.state === "used") for (const { path } of use.through) print(`  through ${path.join(" ← ")}`);
      if (use?.state === "unknown") for (const { fact, words } of use.why) print(`  ${words}: ${fact}`);
    }
    print(
      `as record ${answer.programRecord} of ${answer.recordedAt} says; it is the company's own statement`,
    );
  });
}

function servedWords({ from, through }: TracedVersion["version"]): string {
  if (from === undefined) return through === undefined ? "no day said" : `through ${through}`;
  return through === undefined ? `from ${from}` : `${from} through ${through}`;
}

function useWords(use: CustomerUse): string {
  if (use.state === "not-used")
    return "not used: every data set behind it is listed, and none holds that customer's data";
  if (use.state === "unknown") return "unknown";
  const { training, contract, on } = use.terms;
  const when = on === undefined ? "" : ` on ${on}`;
  const where = contract === undefined ? "" : ` (${contract})`;
  const words = {
    allowed: `the contract allowed it${when}${where}`,
    prohibited: `THE CONTRACT PROHIBITED IT${when}${where}`,
    "not-said": `the contract said nothing of it${when}${where}`,
    unknown: `what the contract said${when} is not in the program`,
  };
  return `used; ${words[training]}`;
}

async function modelLineage(shell: Shell, id: string, options: Common): Promise<void> {
  await withReading(shell, options, async (session) => {
    const { ctx } = session;
    const answer = traceModel(ctx, await loadState(ctx), { model: id });
    if (options.json === true) {
      shell.output.json(answer);
      return;
    }
    const { print } = shell.output;
    const nameOf = await nameFinder(session);
    if (answer.versions.length === 0) print(`the program names no version of ${id}`);
    for (const { id: versionId, version, data, notSaid, releases, admitted } of answer.versions) {
      print(`${versionId}  ${version.version} (${servedWords(version)})`);
      const line = (name: string, words: string | undefined): void =>
        print(`  ${name.padEnd(12)} ${words ?? "not said"}`);
      if (version.providerId === undefined) line("digest", version.digest);
      else line("provider id", version.providerId);
      line("code", version.code);
      if (version.basedOn !== undefined) line("based on", version.basedOn);
      for (const { id: dataset, said } of data) {
        const found = admitted.find((each) => each.dataset === dataset)?.found ?? [];
        line("data", `${dataset}  ${said.digest ?? "no digest"}  ${admittedWords(found, nameOf)}`);
      }
      for (const { words } of notSaid) line("unknown", words);
      for (const { item, record } of releases)
        line(
          "release",
          `${String(item["deployedAt"])}  ${releaseWords(item, nameOf)}  item ${item.id} of ${record}`,
        );
      if (releases.length === 0) line("release", "none on record with this digest or version");
    }
    for (const kind of answer.notCollected) print(`nothing of the kind ${kind} was ever collected`);
    print(
      `as record ${answer.programRecord} of ${answer.recordedAt} says; releases and admissions are from collected lists`,
    );
  });
}

type Facts = { readonly [fact: string]: unknown };

function admittedWords(found: TracedVersion["releases"], nameOf: (person: string) => string): string {
  const [first] = found;
  if (first === undefined) return "not on any collected list by this digest";
  return `admitted ${String(first.item["admittedAt"])}, ${approvalWords(first.item, nameOf)}`;
}

function releaseWords(item: Facts, nameOf: (person: string) => string): string {
  const evaluated =
    item["evaluated"] === undefined
      ? "evaluation not told"
      : item["evaluated"] === false
        ? "not evaluated"
        : `evaluated${item["evaluatedDigest"] === item["digest"] && item["digest"] !== undefined ? " on the same digest" : ""}, ${String(item["evaluationOutcome"] ?? "outcome not told")}`;
  return `${approvalWords(item, nameOf)}; ${evaluated}`;
}

function approvalWords(item: Facts, nameOf: (person: string) => string): string {
  if (item["approved"] === undefined) return "approval not told";
  if (item["approved"] === false) return "not approved";
  const by = item["approvedBy"] === undefined ? "somebody" : nameOf(String(item["approvedBy"]));
  return `approved by ${by}${item["approvedAt"] === undefined ? ", time not told" : ` at ${String(item["approvedAt"])}`}`;
}

async function pastTerm(shell: Shell, options: Common & { readonly on?: string }): Promise<void> {
  await withReading(shell, options, async ({ ctx, loaded }) => {
    const at = asOfInstant(options.on, loaded.program.window.zone, "--on") ?? ctx.clock.now();
    const answer = storesPastTerm(ctx, await loadState(ctx), at);
    if (options.json === true) {
      shell.output.json(answer);
      return;
    }
    const { print } = shell.output;
    if (answer.stores.length === 0) print("the program has no store on that day");
    for (const store of answer.stores) print(`${store.store.padEnd(20)} ${retainedWords(store)}`);
    print(`terms as record ${answer.programRecord} of ${answer.recordedAt} says`);
  });
}

function retainedWords(store: Retained): string {
  const look = store.look === undefined ? "" : `; looked at ${store.look.listedAt}, item ${store.look.id}`;
  if (store.state === "past-term")
    return `PAST ITS TERM of ${store.termDays} days since ${store.since}${look}`;
  if (store.state === "within-term") return `within its term of ${store.termDays} days${look}`;
  if (store.state === "no-term-in-days") return `no term in days: ${store.ground}`;
  const reasons = {
    "retention-not-said": "the program does not say how long it is kept",
    "not-looked": "nobody looked until then",
    "not-looked-since": `nobody looked since its oldest entry passed the term on ${store.since ?? "a day"}`,
    "look-lacks-oldest": "the last look does not tell how old the oldest entry was",
  };
  return `unknown: ${reasons[store.reason]}${look}`;
}

async function vendorUsage(
  shell: Shell,
  file: string,
  options: Common & { readonly on?: string },
): Promise<void> {
  const bytes = readLog(resolve(shell.cwd, file), file);
  await withReading(shell, options, async ({ ctx, loaded }) => {
    const at = asOfInstant(options.on, loaded.program.window.zone, "--on") ?? ctx.clock.now();
    const answer = whatWasSent(ctx, await loadState(ctx), { name: file, bytes }, at);
    if (options.json === true) {
      shell.output.json(answer);
      return;
    }
    const { print } = shell.output;
    print(countedCalls(answer.calls));
    for (const { usage, component, verdict } of answer.sent) {
      const from = component ?? usage.key ?? "a key that is not told";
      print(
        `${from} → ${usage.provider} ${usage.model}: ${countedCalls(usage.calls)}, ${usage.tokensSent} tokens sent: ${sentWords(verdict)}`,
      );
    }
    print(`against record ${answer.programRecord} of ${answer.recordedAt}`);
  });
}

async function vendorReconcile(shell: Shell, options: Common & { readonly on?: string }): Promise<void> {
  await withReading(shell, options, async ({ ctx, loaded }) => {
    const at = asOfInstant(options.on, loaded.program.window.zone, "--on") ?? ctx.clock.now();
    const answer = namesAgainstProgram(ctx, await loadState(ctx), at);
    if (options.json === true) {
      shell.output.json(answer);
      return;
    }
    const { print } = shell.output;
    if (answer.lists.length === 0)
      print(
        "no list was collected: name a source that provides service-use, or lay a file beside the program with gaps --names",
      );
    for (const { list, source, listedAt, names, record, incomplete } of answer.lists) {
      print(`${list} of ${source}, taken ${listedAt}: ${names.length} names, record ${record}`);
      if (incomplete !== undefined) print(`  not complete, so what it lacks shows nothing: ${incomplete}`);
    }
    if (answer.lists.length > 0) print(`${answer.matched} of the program's things are named`);
    for (const { name, on } of answer.outsideOnly)
      print(`NOT IN THE PROGRAM: ${name} (${[...new Set(on.map(({ list }) => list))].join(", ")})`);
    for (const { kind, id, lists } of answer.insideOnly)
      print(`on no list: ${kind} ${id} (looked on ${lists.join(", ")})`);
    print(`against record ${answer.programRecord} of ${answer.recordedAt}`);
  });
}

function readLog(path: string, name: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ProblemError({
      code: "unreadable-file",
      what: `${name} cannot be read`,
      where: path,
      why: error instanceof Error ? error.message : String(error),
      next: "name the file with the gateway's log",
    });
  }
}

function sentWords(verdict: Sent["verdict"]): string {
  if (verdict.state === "as-contracted") return `as contracted (${verdict.classes.join(", ")})`;
  if (verdict.state === "beyond")
    return [
      verdict.notSaid.length > 0 &&
        `BEYOND what vendors.yaml says is sent to ${verdict.vendor}: ${verdict.notSaid.join(", ")}`,
      verdict.mayBeTrainedOn.length > 0 &&
        `${verdict.vendor} MAY TRAIN on it: ${verdict.mayBeTrainedOn.join(", ")}`,
    ]
      .filter((words) => words !== false)
      .join("; ");
  const reasons = {
    "vendor-not-named": "no vendor is known as litellm:PROVIDER",
    "key-not-told": "the log does not tell the key",
    "key-not-named": "no component is known as litellm-key:KEY",
    "classes-not-said": "what the component holds is not said",
    "data-sent-not-said": "what the vendor receives is not said",
    "training-terms-not-said": "whether the vendor may train is not said",
  };
  return `unknown: ${verdict.reasons.map((reason) => reasons[reason]).join("; ")}`;
}

function countedCalls(calls: number): string {
  return calls === 1 ? "1 call" : `${calls} calls`;
}
