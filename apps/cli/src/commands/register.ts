/** Every verb, its options, and the function that does it. */
import { withholdable, type Withholdable } from "@countersign/application";
import { InvalidArgumentError, Option, type Command } from "commander";
import { registerAccess } from "./access.ts";
import { createAnchor, listAnchors } from "./anchor.ts";
import { assess, type AssessOptions } from "./assess.ts";
import { registerBackup } from "./backup.ts";
import { registerCalendar } from "./calendar.ts";
import { registerClose } from "./close.ts";
import { collect, type CollectOptions } from "./collect.ts";
import {
  addEvidenceFiles,
  markOccurrenceNotApplicable,
  showEvidence,
  type AddOptions,
  type NotApplicableOptions,
} from "./evidence.ts";
import { eraseAFile, eraseAnItem, eraseAPerson, listErasures, type EraseOptions } from "./erase.ts";
import { registerDocument } from "./document.ts";
import { explain } from "./explain.ts";
import { fsck, type FsckOptions } from "./fsck.ts";
import { registerGaps } from "./gaps.ts";
import { doctor, init, type InitOptions } from "./init.ts";
import { registerInventory } from "./inventory.ts";
import { registerKeys } from "./key.ts";
import { registerLog } from "./log.ts";
import { registerOscal } from "./oscal.ts";
import * as packages from "./package.ts";
import { registerPlan } from "./plan.ts";
import * as populations from "./population.ts";
import { registerPolicy } from "./policy.ts";
import { registerProcedure } from "./procedure.ts";
import { registerProgram } from "./program.ts";
import { registerReadiness } from "./readiness.ts";
import { registerRehearse } from "./rehearse.ts";
import { registerRollForward } from "./roll-forward.ts";
import { registerSample } from "./sample.ts";
import type { Common, Shell } from "./shared.ts";
import { start, type StartOptions } from "./start.ts";
import { registerSystem } from "./system.ts";
import * as status from "./status.ts";
import { verify, type VerifyOptions } from "./verify.ts";

const common = (command: Command): Command =>
  command
    .option("-w, --workspace <folder>", "the folder that holds countersign/ and .countersign/")
    .option("--json", "print JSON")
    .option("--no-input", "never ask (init alone asks)");

const repeated = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

export function registerCommands(program: Command, shell: Shell): void {
  registerJob(program, shell);
  registerPlan(program, common, shell);
  registerProgram(program.command("program").description("the program as the ledger has it"), common, shell);
  registerProcedure(
    program.command("procedure").description("the page that an engineer follows, one a control"),
    common,
    shell,
  );
  registerPolicy(
    program.command("policy").description("the company's policies, and who acknowledged them"),
    common,
    shell,
  );
  registerPopulation(
    program.command("population").description("what was read, and how complete it is"),
    shell,
  );
  registerAccess(
    program.command("access").description("who could reach what, as of any past date"),
    common,
    shell,
  );
  registerEvidence(program.command("evidence").description("files and facts that people add"), shell);
  registerAssessment(program, shell);
  const deviation = program.command("deviation").description("deviations and what management says of them");
  registerDeviation(deviation, shell);
  registerRollForward(program, deviation, common, shell);
  common(
    program
      .command("exception")
      .description("an approved departure from a control: shown beside results, changing none")
      .command("approve"),
  )
    .requiredOption("--control <id>", "the control")
    .option("--attribute <id>", "of this attribute only")
    .option("--item <id>", "of this item only; repeatable", repeated)
    .requiredOption("--until <date>", "the last day on which it is accepted")
    .requiredOption("--compensating <text>", "the control that stands in")
    .requiredOption("--reason <text>", "why")
    .requiredOption("--by <person>", "who approves it")
    .action((options: status.ExceptionOptions) => status.approveAnException(shell, options));
  common(
    program
      .command("occurrence")
      .description("one time that an activity was owed")
      .command("not-applicable")
      .argument("<control>")
      .argument("<activity>")
      .argument("<occurrence>"),
  )
    .requiredOption("--reason <text>", "why it was not owed")
    .requiredOption("--by <person>", "who decided it")
    .action(
      (
        control: string,
        activity: string,
        occurrence: string,
        options: Parameters<typeof status.markOccurrence>[4],
      ) => status.markOccurrence(shell, control, activity, occurrence, options),
    );
  registerSample(program.command("sample").description("draws from a frozen population"), common, shell);
  registerErasure(
    program.command("erase").description("forget personal data; digests and the record of it stay"),
    shell,
  );
  registerDocument(
    program.command("document").description("documents of sentences that each rest on recorded facts"),
    common,
    shell,
  );
  registerPackage(program, shell);
}

function withheldPart(value: string, before: readonly Withholdable[] | undefined): readonly Withholdable[] {
  const part = withholdable.find((each) => each === value);
  if (part === undefined) throw new InvalidArgumentError(`Allowed choices are ${withholdable.join(", ")}.`);
  return [...(before ?? []), part];
}

function registerJob(program: Command, shell: Shell): void {
  common(program.command("start"))
    .description(
      "the main job: collect, assess, package, verify; on the sample company unless --repo is given",
    )
    .option("--repo <path>", "a git repository to read; nothing is written into it")
    .option("--branch <name>", "a branch; may be given several times", repeated)
    .option("--from <date>", "first day of the window, inclusive")
    .option("--through <date>", "last day of the window, inclusive")
    .option("--zone <name>", "time zone of the window", "UTC")
    .option("--approval-trailer <key>", "a commit trailer that records an approval; repeatable", repeated)
    .option("--check-trailer <key>", "a commit trailer that records a check; repeatable", repeated)
    .option("--name <name>", "what to call the organization")
    .option("--once", "exit after the job (today the only mode)")
    .action((options: StartOptions) => start(shell, options));
  common(program.command("demo"))
    .description("the main job on an invented company with a year of records")
    .action((options: Common) => start(shell, options));
  common(program.command("init"))
    .description("write a first program folder, from the answers to twelve questions or from the flags")
    .option("--answers <file>", 'the answers as JSON: each a line of text, or null for "don\'t know"')
    .option("--from <date>", "first day of the window, inclusive")
    .option("--through <date>", "last day of the window, inclusive")
    .option("--zone <name>", "time zone of the window", "UTC")
    .option("--name <name>", "the organization's name")
    .option("--update-lock", "pin the catalog of this version in catalog.lock")
    .action((options: InitOptions) => init(shell, options));
  common(program.command("doctor"))
    .description("what is here and what is missing")
    .action((options: Common) => doctor(shell, options));
  common(program.command("collect").argument("[source...]"))
    .description("read sources into new versions of their populations")
    .option("--dry-run", "read and count, record nothing")
    .action((sources: readonly string[], options: CollectOptions) => collect(shell, sources, options));
}

function registerPopulation(group: Command, shell: Shell): void {
  common(group.command("list")).action((options: Common) => populations.listPopulations(shell, options));
  common(group.command("show").argument("<population>"))
    .option("--items", "print every line of the list")
    .action((name: string, options: Common) => populations.showPopulation(shell, name, options));
  common(group.command("reconcile").argument("<left>").argument("<right>"))
    .option("--key <field>", "the field that names the same thing in both")
    .action((left: string, right: string, options: Common) =>
      populations.reconcilePopulations(shell, left, right, options),
    );
  common(group.command("resolve").argument("<reconciliation>").argument("<id...>"))
    .addOption(
      new Option("--as <resolution>", "what the difference is")
        .choices(["explained", "source-error", "belongs-to-population", "outside-population"])
        .makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "why")
    .requiredOption("--by <person>", "who says so")
    .action(
      (
        reconciliation: string,
        ids: readonly string[],
        options: Parameters<typeof populations.resolvePopulation>[3],
      ) => populations.resolvePopulation(shell, reconciliation, ids, options),
    );
  common(group.command("freeze").argument("<population>"))
    .option("--with-warning", "freeze with differences; the warning follows every result")
    .action((name: string, options: Common) => populations.freezePopulation(shell, name, options));
}

function registerEvidence(group: Command, shell: Shell): void {
  common(group.command("add").argument("[file...]"))
    .requiredOption("--control <id>", "the control that it is evidence for")
    .option("--activity <id>", "the activity, where the control has several")
    .option("--occurrence <id>", "the period that it is for: 2026-05, 2026-Q2")
    .option("--performed-at <time>", "when it was performed, as you say; marked as typed")
    .option("--source-time <time>", "when it was performed, as the producing system says")
    .option("--by <person>", "who performed it")
    .option("--fact <name=value>", "a fact of the performance; repeatable", repeated)
    .option("--note <text>", "a remark")
    .option("--bundle <file>", "a signed Sigstore bundle; recorded only if it holds")
    .option("--trusted-root <file>", "whom to trust: a trusted_root.json; nothing is fetched")
    .option("--public-key <file>", "the signer's key as PEM, where a key signed it")
    .option("--artifact <file>", "the thing that was signed, to compare its digest; it is not kept")
    .option("--identity <text>", "who must have signed it, as the certificate says; * stands for any text")
    .option("--issuer <url>", "who must have vouched for the signer")
    .action((files: readonly string[], options: AddOptions) => addEvidenceFiles(shell, files, options));
  common(group.command("not-applicable").argument("<occurrence>"))
    .description("an occurrence or item that is not owed, with a reason and an approver")
    .requiredOption("--control <id>", "the control that does not owe it")
    .option("--activity <id>", "the activity, where the control has several")
    .requiredOption("--reason <text>", "why")
    .requiredOption("--approver <person>", "who decides so")
    .action((occurrence: string, options: NotApplicableOptions) =>
      markOccurrenceNotApplicable(shell, occurrence, options),
    );
  common(group.command("show").argument("[control]")).action((control: string | undefined, options: Common) =>
    showEvidence(shell, control, options),
  );
}

function registerAssessment(program: Command, shell: Shell): void {
  common(program.command("assess").argument("[control]"))
    .description("assess what was recorded, as a new run")
    .option("--as-of <time>", "what lies after it has not happened yet")
    .addOption(
      new Option("--mode <mode>", "over the window (Type II) or as of a date (Type I)").choices([
        "window",
        "as-of",
      ]),
    )
    .addOption(
      new Option("--fail-on <what>", "exit 2 when it is met; repeatable")
        .choices(["new-deviation", "overdue", "gap"])
        .argParser((value: string, before: readonly string[] | undefined) => {
          if (!["new-deviation", "overdue", "gap"].includes(value))
            throw new InvalidArgumentError("Allowed choices are new-deviation, overdue, gap.");
          return repeated(value, before);
        }),
    )
    .option("--since <checkpoint>", "a checkpoint file; deviations after it are new")
    .action((control: string | undefined, options: AssessOptions) => assess(shell, control, options));
  common(program.command("explain").argument("<id>"))
    .description("one item or deviation, from its raw bytes to its results")
    .action((id: string, options: Common) => explain(shell, id, options));
  common(program.command("status"))
    .description("what needs you")
    .action((options: Common) => status.status(shell, options));
  common(program.command("map").argument("[control]"))
    .description("controls by week")
    .action((control: string | undefined, options: Common) => status.map(shell, control, options));
}

function registerDeviation(group: Command, shell: Shell): void {
  common(group.command("list"))
    .option("--control <id>", "of one control")
    .action((options: Common) => status.listDeviations(shell, options));
  common(group.command("explain").argument("<id>")).action((id: string, options: Common) =>
    status.explainDeviation(shell, id, options),
  );
  common(group.command("respond").argument("<id>"))
    .requiredOption("--cause <text>", "why it happened")
    .requiredOption("--response <text>", "what management says")
    .requiredOption("--by <person>", "who says so")
    .option("--action <text>", "the corrective action")
    .option("--owner <person>", "who owns the action")
    .option("--due <date>", "until when")
    .option("--retest <text>", "how it was tested again")
    .action((id: string, options: status.RespondOptions) => status.respondToDeviation(shell, id, options));
  common(group.command("withdraw").argument("<id>"))
    .requiredOption("--reason <text>", "what was wrong with our mapping")
    .requiredOption("--by <person>", "who withdraws it")
    .requiredOption("--approver <person>", "a second person")
    .action((id: string, options: Parameters<typeof status.withdrawDeviation>[2]) =>
      status.withdrawDeviation(shell, id, options),
    );
}

function registerErasure(group: Command, shell: Shell): void {
  const decided = (command: Command): Command =>
    common(command)
      .requiredOption("--reason <text>", "why; name nobody in it, since it stays")
      .requiredOption("--by <person>", "who has it done")
      .requiredOption("--approver <person>", "a second person")
      .option("--dry-run", "say what would go, erase nothing");
  decided(group.command("file").argument("<digest>"))
    .description("raw bytes or an evidence file, by the digest that a record gives")
    .action((digest: string, options: EraseOptions) => eraseAFile(shell, digest, options));
  decided(group.command("item").argument("<population>").argument("<id>"))
    .description("one item wherever it stands: lists, results, summaries, its bytes in raw files")
    .action((population: string, id: string, options: EraseOptions) =>
      eraseAnItem(shell, population, id, options),
    );
  decided(group.command("person").argument("<person>"))
    .description("a person's names and addresses in the directory")
    .action((person: string, options: EraseOptions) => eraseAPerson(shell, person, options));
  common(group.command("list"))
    .description("what was erased, why, by whom")
    .action((options: Common) => listErasures(shell, options));
}

function registerPackage(program: Command, shell: Shell): void {
  const group = program.command("package").description("the audit package");
  common(group.command("create"))
    .option("--out <file>", "where to write it")
    .option("--run <run>", "the assessment run to show; absent: the newest")
    .addOption(
      new Option("--withhold <part>", "leave out, and say so; repeatable")
        .choices([...withholdable])
        .argParser(withheldPart),
    )
    .addOption(new Option("--for <reader>", "leave out what is not for this reader").choices(["customer"]))
    .action((options: Parameters<typeof packages.createPackage>[1]) =>
      packages.createPackage(shell, options),
    );
  program
    .command("verify")
    .argument("<what>", "a package, a folder with an exported log, or the proof of one record")
    .description("is what is here what was recorded? offline, needs no workspace")
    .option("--since <checkpoint>", "an older checkpoint that somebody outside kept; repeatable", repeated)
    .option(
      "--tsa-root <file>",
      "root certificates of time stamping authorities that you trust; repeatable",
      repeated,
    )
    .option("--policy <file>", "the log and the witnesses that you trust (C2SP tlog-policy)")
    .option("--key <fingerprint>", "the log key's fingerprint or verifier key, got by another way")
    .option("--record <file>", "of a proof: the record's bytes; absent: the .json file beside it")
    .option("--json", "print JSON")
    .action((path: string, options: VerifyOptions) => {
      verify(shell, path, options);
    });
  program
    .command("reperform")
    .argument("<package>")
    .description("do the results follow from the recorded evidence? offline, needs no workspace")
    .option("--json", "print JSON")
    .action((path: string, options: { readonly json?: boolean }) => {
      packages.reperform(shell, path, options);
    });
  common(program.command("fsck"))
    .description("everything stored against itself: what is damaged, and what can be proven all the same")
    .option("--resume", "go on where an interrupted check stopped")
    .option("--repair", "write tiles, state and persons again from the records; never a fact")
    .action((options: FsckOptions) => fsck(shell, options));
  const anchor = program.command("anchor").description("checkpoints in the hands of others");
  common(anchor.command("create"))
    .description("what this month owes: time stamps, cosignatures, letters")
    .option("--all", "also what this month has already")
    .action((options: Parameters<typeof createAnchor>[1]) => createAnchor(shell, options));
  common(anchor.command("list"))
    .description("who holds which checkpoint, and since when the log is tamper-evident")
    .action((options: Common) => listAnchors(shell, options));
  registerBackup(
    program.command("backup").description("everything that a workspace needs to go on, in one file"),
    common,
    shell,
  );
  registerLog(program.command("log").description("the log outside the workspace"), common, shell);
  registerOscal(
    program.command("oscal").description("program and assessment for tools that read NIST's OSCAL"),
    common,
    shell,
  );
  registerSystem(program, common, shell);
  registerGaps(program, common, shell);
  registerReadiness(program, common, shell);
  registerClose(program, common, shell);
  registerInventory(program, common, shell);
  registerCalendar(program, common, shell);
  registerRehearse(program, common, shell);
  registerKeys(program.command("key").description("the workspace's keys"), common, shell);
}
