/**
 * The questions of `init`, in a founder's words. An answer is a line of text or "don't know" (null); each question reads its
 * own lines, so that a terminal, a file of answers and a test ask in one way.
 */
import { err, ok, parseLocalDate, parsePeriod, type LocalDate, type Result } from "@countersign/kernel";
import type { WindowBody } from "@countersign/records";
import type { Commitment, ReportNeed, ServiceKind } from "../system/model.ts";

export type Promised = {
  readonly what: "uptime" | "confidentiality" | "deletion" | "accuracy" | "privacy";
  /** Absent: it was not said where. */
  readonly saidIn?: Commitment["saidIn"];
};
export type ContentStore = {
  readonly sort: "prompt-log" | "vector-index" | "object-storage" | "feature-store" | "database";
  /** Days for which an entry is kept; absent: not known. */
  readonly days?: number;
};
export type Training = "not-allowed" | "allowed-by-contract" | "ground-not-known";

/** What was answered; a member that is absent is not known. */
export type Answers = {
  readonly company?: string;
  readonly services?: readonly ServiceKind[];
  readonly promises?: readonly Promised[];
  readonly report?: Pick<ReportNeed, "by" | "type">;
  readonly clouds?: readonly string[];
  readonly providers?: readonly string[];
  readonly training?: Training;
  readonly stores?: readonly ContentStore[];
  readonly code?: readonly string[];
  readonly identity?: readonly string[];
  readonly owner?: { readonly name: string; readonly email: string };
  readonly window?: WindowBody;
};

export type QuestionId = keyof Answers;
/** The lines as they were typed; null: asked, and not known. */
export type Lines = { readonly [Q in QuestionId]?: string | null };

export type Question<Q extends QuestionId = QuestionId> = {
  readonly id: Q;
  readonly words: string;
  readonly example: string;
  /** Nothing can be dated without it. */
  readonly required?: true;
  readonly read: (line: string) => Result<NonNullable<Answers[Q]>, string>;
};

const serviceKinds: readonly ServiceKind[] = [
  "api",
  "web-application",
  "model-hosting",
  "agent",
  "managed-platform",
];
const promises = ["uptime", "confidentiality", "deletion", "accuracy", "privacy"] as const;
const places = ["contract", "sla", "privacy-notice", "terms", "documentation", "law"] as const;
const sorts = ["prompt-log", "vector-index", "object-storage", "feature-store", "database"] as const;

const list = (line: string): readonly string[] =>
  [...new Set(line.split(",").map((each) => each.trim()))].filter((each) => each !== "");

const oneOf = <T extends string>(allowed: readonly T[], word: string): Result<T, string> => {
  const found = allowed.find((each) => each === word.toLowerCase());
  return found === undefined ? err(`${JSON.stringify(word)} is none of ${allowed.join(", ")}`) : ok(found);
};

function each<T>(line: string, read: (entry: string) => Result<T, string>): Result<readonly T[], string> {
  const found: T[] = [];
  for (const entry of list(line)) {
    const one = read(entry);
    if (!one.ok) return one;
    found.push(one.value);
  }
  return found.length === 0 ? err("nothing is named") : ok(found);
}

const names = (line: string): Result<readonly string[], string> => each(line, ok);

/** Each of them once: two answers about one thing would be two facts. */
function eachOnce<T>(
  line: string,
  read: (entry: string) => Result<T, string>,
  keyOf: (found: T) => string,
): Result<readonly T[], string> {
  const found = each(line, read);
  if (!found.ok) return found;
  const keys = found.value.map(keyOf);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return twice === undefined ? found : err(`${twice} is named twice`);
}

function promiseOf(entry: string): Result<Promised, string> {
  const [word = "", ...rest] = entry.split(/\s+/);
  const what = oneOf(promises, word);
  if (!what.ok) return what;
  if (rest.length === 0) return ok({ what: what.value });
  const saidIn = oneOf(places, rest.join("-"));
  return saidIn.ok ? ok({ what: what.value, saidIn: saidIn.value }) : saidIn;
}

function storeOf(entry: string): Result<ContentStore, string> {
  const [word = "", days, ...more] = entry.split(/\s+/);
  const sort = oneOf(sorts, word.replace(/logs$/, "log"));
  if (!sort.ok) return sort;
  if (days === undefined) return ok({ sort: sort.value });
  return /^\d{1,5}$/.test(days) && more.join("").replace(/^days?$/, "") === ""
    ? ok({ sort: sort.value, days: Number(days) })
    : err(`${JSON.stringify(entry)}: a store, and the days for which an entry is kept`);
}

function reportOf(line: string): Result<Pick<ReportNeed, "by" | "type">, string> {
  const [date = "", word = ""] = line.trim().split(/[\s,]+/);
  const by = parseLocalDate(date);
  if (!by.ok) return err(by.error);
  const type = oneOf(["type-1", "type-2"] as const, word);
  return type.ok ? ok({ by: by.value, type: type.value }) : type;
}

function ownerOf(line: string): Result<{ readonly name: string; readonly email: string }, string> {
  const found = /^([^<>@,]+?)[\s,<]+([^\s<>@,]+@[^\s<>@,]+)>?$/.exec(line.trim());
  const [, name, email] = found ?? [];
  return name === undefined || email === undefined ? err("a name and a mail address") : ok({ name, email });
}

function windowOf(line: string): Result<WindowBody, string> {
  const [from = "", through = "", zone = ""] = line.trim().split(/[\s,]+/);
  const period = parsePeriod(from, through, zone);
  if (!period.ok) return err(period.error);
  const { from: first, through: last, zone: named } = period.value;
  return ok({ from: first as LocalDate, through: last as LocalDate, zone: named });
}

/** In the order in which they are asked; at most twelve. */
export const questions: readonly { readonly [Q in QuestionId]: Question<Q> }[QuestionId][] = [
  { id: "company", words: "What is the company called?", example: "Acme Models", read: (line) => ok(line) },
  {
    id: "window",
    words: "Over which days is the program observed, and in which time zone?",
    example: "2026-01-01 2026-12-31 America/New_York",
    required: true,
    read: windowOf,
  },
  {
    id: "services",
    words: `What do customers buy? ${serviceKinds.join(", ")}`,
    example: "api, web-application",
    read: (line) => each(line, (word) => oneOf(serviceKinds, word)),
  },
  {
    id: "promises",
    words: `What have you promised them (${promises.join(", ")}), each in what (${places.join(", ")})?`,
    example: "uptime sla, confidentiality contract, deletion contract",
    read: (line) => eachOnce(line, promiseOf, ({ what }) => what),
  },
  {
    id: "report",
    words: "By when does a customer need the report, and which: type-1 or type-2?",
    example: "2027-03-31 type-2",
    read: reportOf,
  },
  { id: "clouds", words: "Which cloud does it run in?", example: "Example Cloud", read: names },
  {
    id: "providers",
    words: "Whose models does it use?",
    example: "First Models, Second Models",
    read: names,
  },
  {
    id: "training",
    words:
      "May customer content be used to train or fine-tune models? no; yes (the contract allows it); not-said (it may, and the ground is not known)",
    example: "no",
    read: (line) => {
      const word = oneOf(["no", "yes", "not-said"] as const, line.trim());
      if (!word.ok) return word;
      return ok(
        ({ no: "not-allowed", yes: "allowed-by-contract", "not-said": "ground-not-known" } as const)[
          word.value
        ],
      );
    },
  },
  {
    id: "stores",
    words: `Where does customer content rest (${sorts.join(", ")}), each for how many days?`,
    example: "prompt-log 30, vector-index, object-storage 365",
    read: (line) => eachOnce(line, storeOf, ({ sort }) => sort),
  },
  { id: "code", words: "Where are code and its pipelines?", example: "Example Forge", read: names },
  {
    id: "identity",
    words: "Where are people and their access listed?",
    example: "Example Sign-On",
    read: names,
  },
  {
    id: "owner",
    words: "Who answers for security? Name and mail address",
    example: "Ada Example ada@acme.example",
    read: ownerOf,
  },
];

/** Words by which a person says that something is not known. */
export const NOT_KNOWN: readonly string[] = ["", "?", "don't know", "dont know", "unknown", "skip"];

/**
 * @returns what was answered, or of each line that cannot be read the question and why
 */
export function readAnswers(
  lines: Lines,
): Result<Answers, readonly { readonly question: Question; readonly why: string }[]> {
  const answers: { [Q in QuestionId]?: unknown } = {};
  const wrong: { question: Question; why: string }[] = [];
  for (const question of questions) {
    const line = lines[question.id];
    if (line === undefined || line === null || NOT_KNOWN.includes(line.trim().toLowerCase())) {
      if (question.required) wrong.push({ question: question as Question, why: "it cannot be left open" });
      continue;
    }
    const read = question.read(line.trim());
    if (read.ok) answers[question.id] = read.value;
    else wrong.push({ question: question as Question, why: read.error });
  }
  return wrong.length > 0 ? err(wrong) : ok(answers as Answers);
}
