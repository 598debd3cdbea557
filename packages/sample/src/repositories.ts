/** The company's repositories: planned changes in the order of their merges become commits, and get their numbers. */
import { addDays } from "@countersign/kernel";
import type { Calendar } from "./calendar.ts";
import { gitAuthorOf, REPOSITORIES, type PlannedChange, type RepositoryName } from "./changes.ts";
import { FORGE_BOT, ORGANIZATION, SAMPLE_MARK, type SamplePerson } from "./company.ts";
import { GitHistory } from "./git.ts";

/** A change as it stands in the repository. */
export type SampleChange = PlannedChange & {
  /** The pull request's number in its repository; a direct push has none. */
  readonly number: number | undefined;
  /** The commit on `main`. */
  readonly revision: string;
};

export type SampleRepository = {
  readonly name: RepositoryName;
  /** The bare repository's folder, relative to the sample's home. */
  readonly path: string;
  /** Standard input for `git fast-import`. */
  readonly fastImport: string;
  /** The id that `main` has afterwards. */
  readonly head: string;
  readonly commits: number;
};

/** @param planned in the order of their merges */
export function buildRepositories(
  calendar: Calendar,
  planned: readonly PlannedChange[],
  founder: SamplePerson,
): { readonly repositories: readonly SampleRepository[]; readonly changes: readonly SampleChange[] } {
  const repositories: SampleRepository[] = [];
  const changes: SampleChange[] = [];
  for (const name of REPOSITORIES) {
    const own = planned.filter((change) => change.repository === name);
    const numbers = numbersOf(own);
    const history = new GitHistory(calendar.zone);
    const began = calendar.at(calendar.nextBusinessDay(addDays(calendar.from, -30)), 11);
    history.add({
      author: founder,
      authoredAt: began,
      committer: founder,
      committedAt: began,
      message: `Start ${name} afresh\n\n${SAMPLE_MARK}`,
      path: "README.md",
      content: `# ${name} of ${ORGANIZATION.name}\n\n${SAMPLE_MARK}\n`,
    });
    for (const change of own) {
      const number = numbers.get(change);
      changes.push({ ...change, number, revision: history.add(commitOf(change, number)) });
    }
    repositories.push({
      name,
      path: `repositories/${name}.git`,
      fastImport: history.stream(),
      head: history.head,
      commits: history.commits,
    });
  }
  return { repositories, changes };
}

/** Pull requests are numbered as they are opened; issues share the numbers, so that some are skipped. */
function numbersOf(changes: readonly PlannedChange[]): Map<PlannedChange, number> {
  const opened = changes.filter((change) => change.story !== "direct-push");
  const ordered = [...opened].sort((a, b) => a.createdAt - b.createdAt || a.mergedAt - b.mergedAt);
  let number = 310;
  return new Map(ordered.map((change) => [change, (number += 1 + (change.title.length % 3 === 0 ? 1 : 0))]));
}

/** Squashed as a code host does it: the title with the number, the description, and who else wrote it. */
function commitOf(change: PlannedChange, number: number | undefined) {
  const author = gitAuthorOf(change);
  const lines = [number === undefined ? change.title : `${change.title} (#${number})`];
  if (change.ticket !== undefined) lines.push("", `Ticket: ${change.ticket}`);
  if (change.coAuthor !== undefined) {
    if (change.ticket === undefined) lines.push("");
    lines.push(`Co-authored-by: ${change.coAuthor.name} <${change.coAuthor.email}>`);
  }
  const folder = change.repository === "api" ? "services" : "environments";
  return {
    author,
    authoredAt: change.pushes.at(-1)?.at ?? change.mergedAt,
    committer: number === undefined ? author : { name: FORGE_BOT.name, email: FORGE_BOT.email },
    committedAt: change.mergedAt,
    message: lines.join("\n"),
    path: `${folder}/${change.area}.txt`,
    content: `${SAMPLE_MARK}\n${change.area}: ${change.title}\n`,
  };
}
