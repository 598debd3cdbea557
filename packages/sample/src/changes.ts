/** A year of changes: who wrote what, how it was reviewed, and when it reached the branch. */
import { addDays, type EpochMs, type LocalDate } from "@countersign/kernel";
import { MINUTE_MS, type Calendar } from "./calendar.ts";
import { reviewCourse, type Course } from "./change-reviews.ts";
import { CHANGES_MIN, TOLD_PER_THOUSAND, type ChangeStory } from "./change-stories.ts";
import { DEPENDENCY_BOT, ENVIRONMENTS, SERVICES, employedOn, type SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";
import { dependencyTitle, infrastructureTitle, serviceTitle } from "./titles.ts";

export const REPOSITORIES = ["api", "infrastructure"] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

/** A change as it is planned: everything but its number and its revision, which follow from the order of all. */
export type PlannedChange = Course & {
  readonly story: ChangeStory;
  readonly repository: RepositoryName;
  /** The service or environment that it touches. */
  readonly area: string;
  readonly title: string;
  /** Undefined: the dependency bot. */
  readonly author: SamplePerson | undefined;
  readonly coAuthor: SamplePerson | undefined;
  readonly ticket: string | undefined;
  readonly mergedAt: EpochMs;
  readonly mergedBy: SamplePerson;
  readonly inWindow: boolean;
};

type Cast = { readonly writers: readonly SamplePerson[]; readonly reviewers: readonly SamplePerson[] };

/** Who deviates most often, so that a concentration by person can be seen. */
export const CONCENTRATED_ON = "halden";
export const SECOND_ACCOUNT_OF = "isaura";

/**
 * @param count changes within the window, in all repositories together; a few more lie before and after it.
 * @throws RangeError for fewer than {@link CHANGES_MIN}.
 */
export function planChanges(
  calendar: Calendar,
  people: readonly SamplePerson[],
  count: number,
  random: SeededRandom,
): PlannedChange[] {
  if (!Number.isSafeInteger(count) || count < CHANGES_MIN) {
    throw new RangeError(`a sample needs at least ${CHANGES_MIN} changes, to show each kind of deviation`);
  }
  const cast: Cast = {
    writers: people.filter((person) => person.writes > 0),
    reviewers: people.filter((person) => person.reviews > 0),
  };
  const times = mergeTimes(calendar, calendar.from, calendar.through, count, random.fork("merge times"));
  const stories = tellStories(count, random.fork("stories"));
  const outside = [
    ...mergeTimes(
      calendar,
      addDays(calendar.from, -12),
      addDays(calendar.from, -1),
      24,
      random.fork("before"),
    ),
    ...mergeTimes(
      calendar,
      addDays(calendar.through, 1),
      addDays(calendar.through, 2),
      5,
      random.fork("after"),
    ),
  ];
  const each = random.fork("each change");
  return [
    ...times.map((at, index) => planOne(calendar, cast, stories[index] ?? "reviewed", at, true, each)),
    ...outside.map((at) => planOne(calendar, cast, "reviewed", at, false, each)),
  ].sort((a, b) => a.mergedAt - b.mergedAt);
}

/** Distinct seconds in working hours, fewer on Fridays and around the turn of the year, in order. */
function mergeTimes(
  calendar: Calendar,
  from: LocalDate,
  through: LocalDate,
  count: number,
  random: SeededRandom,
): EpochMs[] {
  const days = calendar.businessDays(from, through);
  // A window without a business day still has changes: they are made on whatever days it has.
  if (days.length === 0) days.push(from);
  const taken = new Set<EpochMs>();
  while (taken.size < count) {
    const date = random.pick(days);
    const quiet = date.slice(5) >= "12-22" || date.slice(5) <= "01-03";
    if (quiet && random.chance(0.7)) continue;
    let at = calendar.workingTime(date, random) + 25 * MINUTE_MS;
    while (taken.has(at)) at += 1000;
    taken.add(at);
  }
  return [...taken].sort((a, b) => a - b);
}

function tellStories(count: number, random: SeededRandom): ChangeStory[] {
  const stories: ChangeStory[] = [];
  for (const [story, perThousand] of TOLD_PER_THOUSAND) {
    const told = Math.max(1, Math.round((perThousand * count) / 1000));
    for (let i = 0; i < told; i++) stories.push(story);
  }
  while (stories.length < count) stories.push("reviewed");
  // Fisher and Yates, so that every story can fall on every day.
  for (let i = stories.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    const [left, right] = [stories[i], stories[j]];
    if (left !== undefined && right !== undefined) [stories[i], stories[j]] = [right, left];
  }
  return stories;
}

function authorOf(
  story: ChangeStory,
  date: LocalDate,
  cast: Cast,
  random: SeededRandom,
): SamplePerson | undefined {
  if (story === "bot-opened") return undefined;
  const started = addDays(date, -10);
  const present = cast.writers.filter((person) => employedOn(person, started) && employedOn(person, date));
  const wanted = wantedAuthor(story, random);
  return (
    present.find((person) => person.handle === wanted) ?? random.weighted(present, (person) => person.writes)
  );
}

function wantedAuthor(story: ChangeStory, random: SeededRandom): string | undefined {
  if (story === "self-approved") return SECOND_ACCOUNT_OF;
  if (story === "direct-push") return "ulric";
  const careless =
    story === "approved-after-merge" || story === "pushed-after-approval" || story === "unapproved";
  return careless && random.chance(0.85) ? CONCENTRATED_ON : undefined;
}

function planOne(
  calendar: Calendar,
  cast: Cast,
  story: ChangeStory,
  mergedAt: EpochMs,
  inWindow: boolean,
  random: SeededRandom,
): PlannedChange {
  const date = calendar.dateAt(mergedAt);
  const author = authorOf(story, date, cast, random);
  const repository: RepositoryName = random.chance(0.14) ? "infrastructure" : "api";
  const area = repository === "api" ? random.pick(SERVICES) : random.pick(ENVIRONMENTS);
  const started = addDays(date, -10);
  const others = cast.reviewers.filter(
    (person) => person !== author && employedOn(person, started) && employedOn(person, date),
  );
  const [first, second] = twoOf(others, random);
  const coAuthor =
    author !== undefined && random.chance(0.07) ? pickOther(others, [first, second], random) : undefined;
  const course = reviewCourse(calendar, story, mergedAt, { first, second }, random);
  return {
    story,
    repository,
    area,
    title: titleOf(author, repository, area, random),
    author,
    coAuthor,
    ticket: author !== undefined && random.chance(0.8) ? `LUM-${random.integer(1000, 4999)}` : undefined,
    ...course,
    mergedAt,
    mergedBy: author !== undefined && random.chance(0.8) ? author : first,
    inWindow,
  };
}

function titleOf(
  author: SamplePerson | undefined,
  repository: RepositoryName,
  area: string,
  random: SeededRandom,
): string {
  if (author === undefined) return dependencyTitle(area, random);
  return repository === "api" ? serviceTitle(area, random) : infrastructureTitle(area, random);
}

function twoOf(people: readonly SamplePerson[], random: SeededRandom): [SamplePerson, SamplePerson] {
  const first = random.weighted(people, (person) => person.reviews);
  const second = random.weighted(
    people.filter((person) => person !== first),
    (person) => person.reviews,
  );
  return [first, second];
}

function pickOther(
  people: readonly SamplePerson[],
  without: readonly SamplePerson[],
  random: SeededRandom,
): SamplePerson {
  return random.pick(people.filter((person) => !without.includes(person)));
}

/** The name and address under which a change's author commits. */
export function gitAuthorOf(change: PlannedChange): { readonly name: string; readonly email: string } {
  const author = change.author ?? DEPENDENCY_BOT;
  return { name: author.name, email: author.email };
}
