/** A made-up team that squash-merges: a git history, what `gh pr list --json` says of it, and what each change should read as. */
import { join } from "node:path";
import { git, importRepository } from "./support.ts";

type Review = {
  readonly by: string;
  readonly state: string;
  readonly at: string;
  readonly on: "head" | "earlier";
};

export type Story = {
  readonly title: string;
  /** The address that git has, and the account that GitHub has. */
  readonly author: { readonly email: string; readonly login: string; readonly bot?: boolean };
  /** Absent: pushed straight to the branch. */
  readonly pull?: {
    readonly reviews: readonly Review[];
    readonly mergedBy: string;
    readonly check?: "SUCCESS" | "FAILURE";
  };
  /** In the order of CHG-01's attributes; a text is the cause of a deviation. */
  readonly expected: readonly [string, string, string, string];
};

const ada = { email: "ada@team.example", login: "ada-l" };
const bo = { email: "bo@team.example", login: "bo-m" };
const patchling = { email: "patchling@team.example", login: "app/patchling", bot: true };
const approved = (by: string, hours: number, on: Review["on"] = "head"): Review => ({
  by,
  state: "APPROVED",
  at: hour(hours),
  on,
});
/** Counted from the merge. */
let merge = 0;
const hour = (hours: number) => new Date(merge + hours * 3_600_000).toISOString().replace(".000", "");
const NONE = "no approval recorded";

/** Each is told relative to its own merge, one a day. */
const told: readonly (() => Story)[] = [
  () => ({
    title: "api: count tokens once",
    author: ada,
    pull: { reviews: [approved("bo-m", -2)], mergedBy: "ada-l", check: "SUCCESS" },
    expected: ["operated", "operated", "operated", "operated"],
  }),
  () => ({
    title: "api: approval before the last push",
    author: ada,
    pull: { reviews: [approved("bo-m", -5, "earlier")], mergedBy: "ada-l", check: "SUCCESS" },
    expected: ["operated", "operated", "approved on an earlier revision only", "operated"],
  }),
  () => ({
    title: "api: the only approval was dismissed",
    author: ada,
    pull: {
      reviews: [{ ...approved("bo-m", -5), state: "DISMISSED" }],
      mergedBy: "ada-l",
      check: "SUCCESS",
    },
    expected: [NONE, NONE, NONE, "operated"],
  }),
  () => ({
    title: "api: approved by the author's other account",
    author: ada,
    pull: { reviews: [approved("ada-private", -2)], mergedBy: "ada-l", check: "SUCCESS" },
    expected: [
      "reviewed only by its author",
      "no approval by another person",
      "no approval by another person",
      "operated",
    ],
  }),
  () => ({
    title: "deps: a bot's change that only a bot approved",
    author: patchling,
    pull: { reviews: [approved("app/merge-gate", -1)], mergedBy: "app/patchling", check: "SUCCESS" },
    expected: [
      "approved only by a bot",
      "no approval by another person",
      "no approval by another person",
      "operated",
    ],
  }),
  () => ({
    title: "deps: a bot's change that a person approved and the bot merged",
    author: patchling,
    pull: { reviews: [approved("bo-m", -1)], mergedBy: "app/patchling", check: "SUCCESS" },
    expected: ["operated", "operated", "operated", "operated"],
  }),
  () => ({
    title: "hotfix: pushed straight to main",
    author: bo,
    expected: [NONE, NONE, NONE, "no check recorded"],
  }),
  () => ({
    title: "api: approved once it was in",
    author: bo,
    pull: { reviews: [approved("ada-l", 3)], mergedBy: "bo-m", check: "SUCCESS" },
    expected: ["operated", "approved only after the merge", "operated", "operated"],
  }),
  () => ({
    title: "api: merged over a failed check",
    author: bo,
    pull: { reviews: [approved("ada-l", -1)], mergedBy: "bo-m", check: "FAILURE" },
    expected: ["operated", "operated", "operated", "merged with a failed check"],
  }),
  () => ({
    title: "api: approval followed by a request for changes",
    author: bo,
    pull: {
      reviews: [approved("ada-l", -6), { ...approved("ada-l", -3), state: "CHANGES_REQUESTED" }],
      mergedBy: "bo-m",
      check: "SUCCESS",
    },
    expected: [NONE, NONE, NONE, "operated"],
  }),
];

export type Made = {
  readonly stories: readonly (Story & { readonly revision: string; readonly number?: number })[];
};

/** Writes the repository to `folder/api` and the export to what `writeExport` takes. */
export function makeTeam(folder: string, writeExport: (json: string) => void): Made {
  const stories: Story[] = [];
  const merges: number[] = [];
  let stream = "";
  told.forEach((tell, i) => {
    merge = Date.parse("2026-05-04T12:00:00Z") + i * 86_400_000;
    const story = tell();
    stories.push(story);
    merges.push(merge);
    const who = `${story.author.email.split("@")[0]} <${story.author.email}> ${merge / 1000} +0000`;
    stream += `commit refs/heads/main\nmark :${i + 1}\nauthor ${who}\ncommitter ${who}\ndata ${story.title.length}\n${story.title}\n${i > 0 ? `from :${i}\n` : ""}\n`;
  });
  importRepository(join(folder, "api"), stream);
  const revisions = git(join(folder, "api"), ["rev-list", "--reverse", "main"]).trim().split("\n");
  const pulls = stories.flatMap((story, i) =>
    story.pull === undefined ? [] : [pullOf(story, story.pull, i, merges[i] ?? 0, revisions[i] ?? "")],
  );
  // Merged elsewhere, and never into main: no change of main.
  pulls.push({
    ...pulls[0],
    number: 90,
    title: "docs: into a branch",
    baseRefName: "next",
    mergeCommit: { oid: "9".repeat(40) },
  } as (typeof pulls)[number]);
  writeExport(JSON.stringify(pulls, undefined, 2));
  return {
    stories: stories.map((story, i) => ({
      ...story,
      revision: revisions[i] ?? "",
      ...(story.pull === undefined ? {} : { number: i + 1 }),
    })),
  };
}

const actor = (login: string, bot = login.startsWith("app/")) => ({ login, is_bot: bot });

function pullOf(
  story: Story,
  pull: NonNullable<Story["pull"]>,
  i: number,
  mergedAt: number,
  revision: string,
) {
  const head = `${i}`.repeat(2).padEnd(40, "f");
  const iso = (time: number) => new Date(time).toISOString().replace(".000", "");
  return {
    number: i + 1,
    title: story.title,
    url: `https://github.com/team/api/pull/${i + 1}`,
    author: actor(story.author.login, story.author.bot),
    createdAt: iso(mergedAt - 86_400_000),
    mergedAt: iso(mergedAt),
    mergedBy: actor(pull.mergedBy),
    mergeCommit: { oid: revision },
    baseRefName: "main",
    headRefName: `change-${i + 1}`,
    headRefOid: head,
    isCrossRepository: false,
    labels: [],
    reviews: pull.reviews.map((review, n) => ({
      id: `PRR_${i}_${n}`,
      author: { login: review.by.replace(/^app\//, "") },
      ...(review.by.startsWith("app/") ? { author: actor(review.by) } : {}),
      authorAssociation: "MEMBER",
      body: "",
      submittedAt: review.at,
      state: review.state,
      commit: { oid: review.on === "head" ? head : "e".repeat(40) },
    })),
    statusCheckRollup:
      pull.check === undefined
        ? []
        : [
            {
              __typename: "CheckRun",
              name: "test",
              workflowName: "verify",
              status: "COMPLETED",
              conclusion: pull.check,
              startedAt: iso(mergedAt - 7_200_000),
              completedAt: iso(mergedAt - 7_000_000),
            },
          ],
  };
}

export const teamSources = `sources:
  - id: history
    connector: git
    provides: change
    repositories: [{ name: api, path: ../../api, branches: [main] }]
  - id: reviews
    connector: github
    provides: change
    files: [../exports/pulls.json]
    branches: [main]
    limit: 1000
    savedAt: "2026-07-02T08:00:00Z"
populations:
  - kind: change
    from: history
    join:
      - { source: reviews, key: revision, unmatched: { approvals: [], checks: [], direct: true } }
`;

export const teamPeople = `people:
  - handle: ada
    name: Ada Lime
    identities: ["email:ada@team.example", "github:ada-l", "github:ada-private"]
  - handle: bo
    name: Bo Mint
    identities: ["email:bo@team.example", "github:bo-m"]
bots:
  - handle: patchling
    name: Patchling
    identities: ["email:patchling@team.example", "github:patchling[bot]"]
`;
