/** How a change was pushed, reviewed and checked, as its story asks. */
import type { EpochMs } from "@countersign/kernel";
import { HOUR_MS, MINUTE_MS, type Calendar } from "./calendar.ts";
import type { ChangeStory } from "./change-stories.ts";
import type { SamplePerson } from "./company.ts";
import type { SeededRandom } from "./random.ts";

export type Review = {
  readonly login: string;
  readonly state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  readonly at: EpochMs;
  /** The head revision that the review was made on. */
  readonly revision: string;
};

export type Check = {
  readonly name: string;
  readonly conclusion: "SUCCESS" | "FAILURE" | "SKIPPED";
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
};

/** The second account of the person who approves her own changes. */
const SECOND_ACCOUNT = "isaura-labs";

/** What happened to a change before and around its merge. */
export type Course = {
  readonly createdAt: EpochMs;
  /** Pushes to the branch of the pull request, oldest first; the last one is what was merged. */
  readonly pushes: readonly { readonly at: EpochMs; readonly revision: string }[];
  readonly reviews: readonly Review[];
  readonly checks: readonly Check[];
};
type Reviewers = { readonly first: SamplePerson; readonly second: SamplePerson };

function loginOf(person: SamplePerson): string {
  return person.login ?? person.handle;
}

/** Pushes, reviews and checks, worked out backwards from the merge. */
export function reviewCourse(
  calendar: Calendar,
  story: ChangeStory,
  mergedAt: EpochMs,
  { first, second }: Reviewers,
  random: SeededRandom,
): Course {
  const before = (at: EpochMs, minutes: number) => calendar.workingTimeBefore(at, minutes, random);
  const head = random.hex(40);
  const earlier = random.hex(40);
  const review = (
    person: SamplePerson | string,
    state: Review["state"],
    at: EpochMs,
    revision: string,
  ): Review => ({
    login: typeof person === "string" ? person : loginOf(person),
    state,
    at,
    revision,
  });
  if (story === "direct-push") {
    return {
      createdAt: mergedAt,
      pushes: [{ at: mergedAt - 4 * MINUTE_MS, revision: head }],
      reviews: [],
      checks: [],
    };
  }
  const lateApproval = before(mergedAt, 3);
  let lastPush = before(lateApproval, 12);
  let reviews: Review[];
  switch (story) {
    case "self-approved":
      reviews = [review(SECOND_ACCOUNT, "APPROVED", lateApproval, head)];
      break;
    case "approved-after-merge":
      reviews = [review(first, "APPROVED", mergedAt + random.integer(20, 20 * 60) * MINUTE_MS, head)];
      break;
    case "pushed-after-approval":
      // The approval is on the earlier revision; what was merged came after it.
      reviews = [review(first, "APPROVED", before(lastPush, 5), earlier)];
      lastPush = Math.max(lastPush, mergedAt - random.integer(2, 40) * MINUTE_MS);
      break;
    case "approved-again":
      reviews = [
        review(first, "APPROVED", before(lastPush, 5), earlier),
        review(first, "APPROVED", lateApproval, head),
      ];
      break;
    case "approval-dismissed":
      reviews = [review(first, "DISMISSED", lateApproval, head)];
      break;
    case "dismissed-and-approved":
      reviews = [
        review(second, "DISMISSED", before(lastPush, 5), earlier),
        review(first, "APPROVED", lateApproval, head),
      ];
      break;
    case "unapproved":
      reviews = [];
      break;
    case "bot-approved":
      reviews = [review("stampling", "APPROVED", lateApproval, head)];
      break;
    case "reviewed":
    case "bot-opened":
    case "checks-failed":
    case "checks-missing":
      reviews = [
        ...earlierTalk(first, second, before(lastPush, 20), earlier, random),
        review(first, "APPROVED", lateApproval, head),
      ];
      if (random.chance(0.2)) reviews.push(review(second, "APPROVED", lateApproval + 61_000, head));
      break;
  }
  const firstReview = Math.min(lastPush, ...reviews.map((one) => one.at));
  const firstPush = before(firstReview, 15);
  const pushes = [
    { at: firstPush, revision: earlier },
    { at: lastPush, revision: head },
  ];
  return {
    createdAt: firstPush + 2 * MINUTE_MS,
    pushes,
    reviews: reviews.sort((a, b) => a.at - b.at),
    checks: checksOf(story, lastPush, mergedAt, random),
  };
}

/** What reviewers say on the way: a comment, or a request for changes that its author later lifts by approving. */
function earlierTalk(
  first: SamplePerson,
  second: SamplePerson,
  at: EpochMs,
  revision: string,
  random: SeededRandom,
): Review[] {
  if (random.chance(0.12)) return [{ login: loginOf(first), state: "CHANGES_REQUESTED", at, revision }];
  if (random.chance(0.25)) return [{ login: loginOf(second), state: "COMMENTED", at, revision }];
  return [];
}

const CHECK_NAMES = ["build", "unit tests", "integration tests", "image scan"];

function checksOf(story: ChangeStory, pushedAt: EpochMs, mergedAt: EpochMs, random: SeededRandom): Check[] {
  if (story === "checks-missing") return [];
  // They end before the merge, however soon after the push it came.
  const room = Math.min(18 * MINUTE_MS, mergedAt - pushedAt - 30_000, HOUR_MS);
  return CHECK_NAMES.map((name, index) => ({
    name,
    conclusion: story === "checks-failed" && index === 2 ? "FAILURE" : "SUCCESS",
    startedAt: pushedAt + 10_000,
    endedAt:
      pushedAt + 10_000 + Math.floor(((0.3 + random.fraction() * 0.7) * (room - 10_000)) / 1000) * 1000,
  }));
}
