/**
 * The procedure of a control on one page, for the engineer who follows it: every sentence says what the program says, or
 * how this product takes what happens. What the program does not say is a visible hole; nothing is advised.
 */
import type { LocalDate } from "@countersign/kernel";
import type { Activity, Attribute, ControlVersion, Criterion, Program } from "../model.ts";
import { programOn, type ProgramOnDay } from "../history/on-day.ts";
import { code, command, hole, plain, printedLines, unparted, wrapped } from "./lines.ts";
import { collectCommand, evidenceCommand, sourcesOf } from "./record-commands.ts";
import { whenWords } from "./when.ts";

export type Procedure = {
  readonly control: string;
  readonly version: number;
  readonly title: string;
  /** Markdown, with a newline at its end. */
  readonly text: string;
  /** As it is printed, at 90 characters a line. */
  readonly lines: number;
  /** What the program does not say, each as the page names it. */
  readonly holes: readonly string[];
};

export type ProcedureInput = {
  readonly program: Program;
  /** Of the catalog: ids and our paraphrases. */
  readonly criteria: readonly Criterion[];
  /** The page says what is in force then. */
  readonly day: LocalDate;
  /** How the folder names a person: a handle. Names stay out, since the page is recorded for good. */
  readonly handleOf: (person: string) => string;
};

/** Of the printed page, beside margins and the two marks: US letter and A4 hold as many lines of 90 characters. */
export const PAGE_LINES = 55;

/** How much a page spells out; where it would be longer than a page, the next one is taken. */
const depths = [
  { criteriaWords: true, dates: 13, causes: true, labels: true, rows: true },
  { criteriaWords: false, dates: 13, causes: true, labels: true, rows: true },
  { criteriaWords: false, dates: 4, causes: true, labels: true, rows: false },
  { criteriaWords: false, dates: 4, causes: false, labels: true, rows: false },
  { criteriaWords: false, dates: 2, causes: false, labels: false, rows: false },
] as const;
type Depth = (typeof depths)[number];

/** @returns undefined where no version of the control is in force on the day */
export function procedureOf(input: ProcedureInput, id: string): Procedure | undefined {
  const onDay = programOn(input.program, input.day);
  const control = onDay.controls.find((each) => each.id === id);
  if (control === undefined) return undefined;
  let text = "";
  let holes: readonly string[] = [];
  for (const depth of depths) {
    const page = new Page(input, onDay, control, depth);
    text = `${page.lines().join("\n")}\n`;
    ({ holes } = page);
    if (printedLines(text) <= PAGE_LINES) break;
  }
  const { version, title } = control;
  return { control: id, version, title, text, lines: printedLines(text), holes };
}

class Page {
  readonly holes: string[] = [];
  readonly #input: ProcedureInput;
  readonly #onDay: ProgramOnDay;
  readonly #control: ControlVersion;
  readonly #depth: Depth;
  readonly #owner: string;

  constructor(input: ProcedureInput, onDay: ProgramOnDay, control: ControlVersion, depth: Depth) {
    this.#input = input;
    this.#onDay = onDay;
    this.#control = control;
    this.#depth = depth;
    this.#owner = control.owner === undefined ? control.ownerRole : input.handleOf(control.owner);
  }

  lines(): readonly string[] {
    const { id, title } = this.#control;
    return [
      `# ${id} ${plain(title)}`,
      "",
      ...(this.#input.program.sampleData ? ["SAMPLE DATA: INVENTED COMPANY", ""] : []),
      ...this.#promise(),
      ...this.#headed("Why", this.#why()),
      ...this.#headed("When", this.#when()),
      ...this.#headed("How", this.#how()),
      ...this.#headed("What is tested", this.#tested()),
      ...this.#headed("When it deviates", this.#deviates()),
    ];
  }

  #headed(heading: string, lines: readonly string[]): readonly string[] {
    return [...(this.#depth.rows ? [""] : []), `## ${heading}`, ...lines];
  }

  #hole(what: string): string {
    this.holes.push(what);
    return hole(what, this.#owner);
  }

  #promise(): readonly string[] {
    const { statement, version, ownerRole, owner, effectiveFrom, effectiveThrough } = this.#control;
    const since = effectiveFrom === undefined ? "" : ` from ${effectiveFrom}`;
    const until = effectiveThrough === undefined ? "" : ` through ${effectiveThrough}`;
    const person =
      owner === undefined
        ? this.#hole("the person: `owner` of the control")
        : code(this.#input.handleOf(owner));
    return [
      ...wrapped(plain(statement), "> ", "> "),
      "",
      ...wrapped(
        `Version ${version}, in force${since === "" && until === "" ? " throughout" : `${since}${until}`}. Owner: ${plain(ownerRole)}, ${person}. While the owner is away: ${this.#hole("who does it")}.`,
      ),
    ];
  }

  #why(): readonly string[] {
    const { criteria, id } = this.#control;
    const { program, criteria: known } = this.#input;
    const system = this.#onDay.system;
    const ids = criteria.map((each) => {
      const found = known.find((criterion) => criterion.id === each);
      return found === undefined || !this.#depth.criteriaWords ? each : `${each} (${plain(found.words)})`;
    });
    const categories = new Set(
      known.filter((criterion) => criteria.includes(criterion.id)).map(({ category }) => category),
    );
    const commitments = system?.commitments.filter(({ about }) => categories.has(about));
    const risks = system?.risks.filter(({ controls }) => controls?.includes(id) === true) ?? [];
    const vendors = system?.vendors.filter(
      ({ subservice }) => subservice?.controls?.some(({ monitoredBy }) => monitoredBy === id) === true,
    );
    const named = (things: readonly { readonly id: string }[]) =>
      things.map((each) => code(each.id)).join(", ");
    const items = [
      ids.length === 0
        ? `Criteria: ${this.#hole("a criterion in scope that it serves")}.`
        : `Criteria: ${ids.join("; ")}.`,
      commitments === undefined || system?.commitments.length === 0
        ? `Commitments: ${this.#hole("what customers are promised: `commitments` of service.yaml")}.`
        : commitments.length > 0
          ? `Commitments about ${[...categories].sort().join(" and ")}: ${named(commitments)}.`
          : `Commitments: none is about ${[...categories].sort().join(" or ") || "a category of its criteria"}.`,
      ...(risks.length === 0 ? [] : [`Risks that it treats: ${named(risks)}.`]),
      ...(vendors === undefined || vendors.length === 0
        ? []
        : [`Watches the controls that are assumed of ${named(vendors)}.`]),
      ...(program.subservice.some(({ criterion }) => criteria.includes(criterion))
        ? [
            `Also answered by ${[...new Set(program.subservice.filter(({ criterion }) => criteria.includes(criterion)).map(({ organization }) => plain(organization)))].join(", ")}.`,
          ]
        : []),
    ];
    return items.flatMap((item) => wrapped(item, "- "));
  }

  #activities(): readonly Activity[] {
    return this.#control.activities;
  }

  #when(): readonly string[] {
    const activities = this.#activities();
    if (activities.length === 0)
      return wrapped(`${this.#hole("how it is owed: an activity of the control")}.`, "- ");
    return activities.flatMap((activity) =>
      wrapped(
        `**${plain(activity.title)}** (${code(activity.id)}): ${whenWords(this.#input.program, this.#control, activity, this.#depth.dates)}`,
        "- ",
      ),
    );
  }

  #how(): readonly string[] {
    const { procedure } = this.#control;
    const steps =
      procedure.trim() === ""
        ? [`${this.#hole("the steps: `procedure` of the control")}.`]
        : procedure.trim().split("\n").flatMap(stepLines);
    const byHand = this.#activities().filter((activity) => activity.kind === "periodic");
    const read = this.#activities().filter((activity) => activity.kind !== "periodic");
    const populations = [...new Set(read.map(({ population }) => population))];
    return [
      ...steps,
      ...(read.length === 0 ? [] : [""]),
      ...read.flatMap((activity) => wrapped(this.#shown(activity), "- ")),
      ...(read.length === 0 ? [] : wrapped(populations.map((each) => this.#read(each)).join(" "), "- ")),
      ...byHand.flatMap((activity) => [
        "",
        ...wrapped(`${this.#shown(activity)} Record it:`),
        ...indented(evidenceCommand(this.#control.id, activity)),
      ]),
    ];
  }

  #shown({ id, title, evidence }: Activity): string {
    const shows =
      evidence.trim() === ""
        ? `${this.#hole(`what shows ${id}: \`evidence\` of the activity`)}.`
        : sentence(plain(evidence));
    return `**${plain(title)}** is shown by: ${shows}`;
  }

  /** What a source lists is read, and nobody types it. */
  #read(population: string): string {
    const { program } = this.#input;
    const sources = sourcesOf(program, population);
    if (sources.length === 0)
      return `${this.#hole(`a source that lists ${code(population)}, in sources.yaml`)}.`;
    const words = sources.map((id) => {
      const keepsDays = program.sources.find((each) => each.id === id)?.keepsDays;
      const keeps =
        keepsDays === undefined
          ? this.#hole(`for how long it keeps its records: \`keepsDays\` of ${id}`)
          : `keeps its records for ${keepsDays} day${keepsDays === 1 ? "" : "s"}`;
      return `${code(id)} (${keeps})`;
    });
    return `${code(population)} is read from ${words.join(", ")} by ${unparted(code(collectCommand(sources).join(" ")))}.`;
  }

  #tested(): readonly string[] {
    const activities = this.#activities();
    const lines = activities.flatMap((activity): readonly string[] => {
      const of = activities.length === 1 ? "" : `${plain(activity.title)}: `;
      const { attributes, kind, id } = activity;
      if (attributes.length === 0)
        return wrapped(
          kind === "periodic"
            ? `${of}that it was performed, and when.`
            : `${of}${this.#hole(`what is tested of ${id}: its attributes`)}.`,
          "- ",
        );
      if (!this.#depth.labels)
        return wrapped(`${of}${attributes.map(({ words }) => `“${plain(words)}”`).join("; ")}.`, "- ");
      return attributes.flatMap((attribute) => wrapped(`${of}${this.#attribute(attribute)}`, "- "));
    });
    return lines.length > 0 ? lines : [`- ${this.#hole("what is tested")}.`];
  }

  #attribute({ label, words, causes }: Attribute): string {
    const head = `“${plain(words)}”: ${plain(label)}.`;
    if (!this.#depth.causes || causes.length === 0) return head;
    return `${head} Deviates as ${causes.map(({ say }) => plain(say)).join("; ")}.`;
  }

  #deviates(): readonly string[] {
    const { id } = this.#control;
    const late = this.#activities().some(({ kind }) => kind === "periodic")
      ? "; so is a performance after its last day on time (late), and one that is not there (missed)"
      : "";
    return [
      ...wrapped(
        `What is tested and false is a deviation${late}. An absent fact makes the result unknown, which is neither. A response or an approved exception stands beside a deviation and removes none.`,
      ),
      ...indented(["countersign deviation list", `--control ${id}`]),
      ...indented([
        "countersign deviation respond ID",
        "--cause TEXT",
        "--response TEXT",
        "--by PERSON",
      ]).slice(1),
      ...indented([
        "countersign exception approve",
        `--control ${id}`,
        "--until DATE",
        "--compensating TEXT",
        "--reason TEXT",
        "--by PERSON",
      ]).slice(1),
    ];
  }
}

/** Code, by its indentation. */
function indented(words: readonly string[]): readonly string[] {
  return ["", ...command(words).map((line) => `    ${line}`)];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A line of the procedure's own: a step keeps its number, and what it says is wrapped below it. */
function stepLines(line: string): readonly string[] {
  if (line.trim() === "") return [""];
  const [, mark = "", rest = line] = /^\s*((?:\d+[.)]|[-*])\s+)(.*)$/.exec(line) ?? [];
  return wrapped(plain(rest), mark);
}
