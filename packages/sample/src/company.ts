/**
 * The invented company: an API that serves language models. Every name of a person, a product and a vendor is made up;
 * every domain ends in .example (RFC 2606).
 */
import type { LocalDate } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";

export const ORGANIZATION = { id: "lumen-sample", name: "Lumen Inference (sample)" };
export const DOMAIN = "lumen.example";
export const FORGE = "forge.example";
export const SAMPLE_MARK =
  "Sample data: the company, its people and its records are invented by a seeded generator.";

export type Role =
  | "chief-executive"
  | "head-of-engineering"
  | "head-of-security"
  | "head-of-people"
  | "head-of-operations"
  | "security-engineer"
  | "engineer"
  | "ml-engineer"
  | "site-reliability"
  | "trust-and-safety"
  | "people-partner"
  | "finance"
  | "support";

export type SamplePerson = {
  readonly handle: string;
  readonly name: string;
  readonly role: Role;
  readonly email: string;
  readonly login?: string;
  /** Known identities beyond email and login: a second account of the same person. */
  readonly others: readonly string[];
  readonly from: LocalDate;
  readonly through?: LocalDate;
  /** How many changes the person writes and reviews in proportion to the others; 0 for who writes none. */
  readonly writes: number;
  readonly reviews: number;
};

export type SampleBot = {
  readonly handle: string;
  readonly name: string;
  readonly email: string;
  readonly identities: readonly string[];
};

/** Opens changes that raise a dependency's version. */
export const DEPENDENCY_BOT: SampleBot = {
  handle: "patchling",
  name: "patchling[bot]",
  email: `patchling@bots.${FORGE}`,
  identities: [`email:patchling@bots.${FORGE}`, "github:app/patchling", "github:patchling[bot]"],
};
/** Approves changes that only touch generated files. */
export const REVIEW_BOT: SampleBot = {
  handle: "stampling",
  name: "stampling[bot]",
  email: `stampling@bots.${FORGE}`,
  identities: [
    `email:stampling@bots.${FORGE}`,
    "github:app/stampling",
    "github:stampling[bot]",
    "github:stampling",
  ],
};
/** The code host itself, as committer of what it merges. */
export const FORGE_BOT: SampleBot = {
  handle: "forge",
  name: "Forge",
  email: `noreply@${FORGE}`,
  identities: [`email:noreply@${FORGE}`],
};
/** Carries revisions to production. */
export const DEPLOY_BOT: SampleBot = {
  handle: "conveyor",
  name: "Conveyor",
  email: `conveyor@bots.${DOMAIN}`,
  identities: [`email:conveyor@bots.${DOMAIN}`],
};
export const BOTS: readonly SampleBot[] = [DEPENDENCY_BOT, REVIEW_BOT, FORGE_BOT, DEPLOY_BOT];

type Cast = {
  readonly name: string;
  readonly role: Role;
  /** The window's day on which the person starts or is last employed; absent: before it, after it. */
  readonly starts?: number;
  readonly ends?: number;
  readonly login?: string;
  readonly others?: readonly string[];
  readonly writes?: number;
  readonly reviews?: number;
};

const CAST: readonly Cast[] = [
  { name: "Avelin Ruskova", role: "chief-executive" },
  { name: "Bessamy Oakhurn", role: "head-of-engineering", login: "bessamy", writes: 1, reviews: 6 },
  { name: "Corvan Tullmere", role: "head-of-security", login: "corvan-t", writes: 1, reviews: 4 },
  { name: "Delphine Vorrick", role: "head-of-people" },
  { name: "Emrin Saltgard", role: "head-of-operations" },
  { name: "Farrow Quillane", role: "security-engineer", login: "farrow-q", writes: 4, reviews: 5 },
  { name: "Ginevra Lothmoor", role: "security-engineer", login: "ginevra-l", writes: 3, reviews: 4 },
  // Changes and deviations gather here: the record shows them by person.
  { name: "Halden Brixwell", role: "engineer", login: "halden-b", writes: 7, reviews: 3 },
  {
    name: "Isaura Pelligrove",
    role: "engineer",
    login: "isaura-p",
    others: ["github:isaura-labs", "email:isaura@pelligrove.example"],
    writes: 8,
    reviews: 8,
  },
  { name: "Jorund Ashcombe", role: "engineer", login: "jorund-a", writes: 9, reviews: 9 },
  { name: "Kestra Nighvale", role: "engineer", login: "kestra-n", writes: 10, reviews: 7 },
  { name: "Lorcan Dremmond", role: "engineer", login: "lorcan-d", writes: 8, reviews: 6, ends: 210 },
  { name: "Maelis Thornquay", role: "engineer", login: "maelis-t", writes: 9, reviews: 8 },
  { name: "Norvin Castellane", role: "engineer", login: "norvin-c", writes: 6, reviews: 4, ends: 150 },
  { name: "Odessa Wrenfold", role: "engineer", login: "odessa-w", writes: 8, reviews: 5 },
  { name: "Perrin Galdwick", role: "engineer", login: "perrin-g", writes: 7, reviews: 6 },
  { name: "Quenby Starlough", role: "ml-engineer", login: "quenby-s", writes: 7, reviews: 6 },
  { name: "Roswen Idlecroft", role: "ml-engineer", login: "roswen-i", writes: 7, reviews: 5 },
  { name: "Silas Embervane", role: "ml-engineer", login: "silas-e", writes: 6, reviews: 5 },
  { name: "Tamsel Grovecott", role: "ml-engineer", login: "tamsel-g", writes: 5, reviews: 3, ends: 110 },
  { name: "Ulric Fennimoor", role: "site-reliability", login: "ulric-f", writes: 8, reviews: 7 },
  { name: "Vesper Haldrake", role: "site-reliability", login: "vesper-h", writes: 7, reviews: 6 },
  { name: "Willa Korrigane", role: "trust-and-safety", login: "willa-k" },
  { name: "Xanthe Morrowby", role: "trust-and-safety", login: "xanthe-m" },
  { name: "Yorick Plumridge", role: "people-partner", ends: 70 },
  { name: "Zelda Hartmarsh", role: "finance" },
  { name: "Anselm Coldbrook", role: "support", ends: 25 },
  { name: "Brielle Sunderquay", role: "support" },
  { name: "Cassian Wolfgrave", role: "support", ends: 290 },
  { name: "Dorrit Applegarth", role: "support", ends: 331 },
  // Who joins within the year.
  { name: "Elowen Marrick", role: "engineer", login: "elowen-m", starts: 14, writes: 6, reviews: 4 },
  { name: "Finnian Oxbarrow", role: "people-partner", starts: 56 },
  { name: "Greta Lanthorpe", role: "ml-engineer", login: "greta-l", starts: 80, writes: 6, reviews: 4 },
  { name: "Hollis Tarnweather", role: "engineer", login: "hollis-t", starts: 126, writes: 7, reviews: 4 },
  { name: "Imogen Drakefield", role: "support", starts: 140 },
  { name: "Jasper Ellingmoor", role: "engineer", login: "jasper-e", starts: 189, writes: 6, reviews: 3 },
  { name: "Kerensa Blythgate", role: "trust-and-safety", login: "kerensa-b", starts: 217 },
  { name: "Leander Foxmarsh", role: "ml-engineer", login: "leander-f", starts: 252, writes: 5, reviews: 2 },
  { name: "Mirabel Stonequist", role: "engineer", login: "mirabel-s", starts: 301, writes: 5, reviews: 2 },
  { name: "Nevin Harcastle", role: "support", starts: 336, ends: 365 },
  { name: "Orla Penhallow", role: "engineer", login: "orla-p", starts: 357, writes: 4, reviews: 1 },
];

/** People and when they worked there, for one window; who would join after its end is left out. */
export function peopleOf(calendar: Calendar): SamplePerson[] {
  const people: SamplePerson[] = [];
  for (const [index, cast] of CAST.entries()) {
    if (cast.starts !== undefined && cast.starts > calendar.length) continue;
    const handle = (cast.name.split(" ")[0] ?? "").toLowerCase();
    const from =
      cast.starts === undefined
        ? calendar.day(-120 - index * 23)
        : calendar.nextBusinessDay(calendar.day(cast.starts));
    people.push({
      handle,
      name: cast.name,
      role: cast.role,
      email: `${handle}@${DOMAIN}`,
      ...(cast.login === undefined ? {} : { login: cast.login }),
      others: cast.others ?? [],
      from,
      ...(cast.ends === undefined || cast.ends > calendar.length
        ? {}
        : { through: calendar.nextBusinessDay(calendar.day(cast.ends)) }),
      writes: cast.writes ?? 0,
      reviews: cast.reviews ?? 0,
    });
  }
  return people;
}

/** Whether the person was employed on that day. */
export function employedOn(person: SamplePerson, date: LocalDate): boolean {
  return person.from <= date && (person.through === undefined || date <= person.through);
}

export const SERVICES = [
  "gateway",
  "router",
  "tokenizer",
  "scheduler",
  "guardrails",
  "rate-limiter",
  "metering",
  "billing",
  "console",
  "embeddings",
] as const;

export const ENVIRONMENTS = ["network", "clusters", "identity", "storage", "observability"] as const;

export const MODELS = ["lumen-small", "lumen-large", "lumen-embed", "lumen-code"] as const;

export const SYSTEMS = ["sign-in", "forge", "cloud-console", "production-cluster", "billing-desk"] as const;
