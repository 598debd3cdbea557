/** The connector `git`: the first-parent history of branches, read with git itself and nothing else. */
import { contains, formatInstant } from "@countersign/kernel";
import type { Connector, ReadOutcome, ReadRequest, ReadSink } from "@countersign/application/ports";
import { HistoryReader, type BranchRead } from "./history.ts";
import { cautionsOf, extractionOf, lacksOf } from "./outcome-words.ts";
import { openRepository, type Repository } from "./repository.ts";
import { BATCH_ARGUMENTS } from "./objects.ts";
import { mappingOf, readGitSettings } from "./settings.ts";
import { walkArguments } from "./walk.ts";

export const git: Connector = { name: "git", version: "1", provides: ["change"], read };

async function read(request: ReadRequest, sink: ReadSink): Promise<ReadOutcome> {
  const settings = readGitSettings(request.source);
  const repositories: Repository[] = [];
  for (const repository of settings.repositories) {
    repositories.push(await openRepository(repository, request.resolve(repository.path)));
  }
  const history = new HistoryReader({
    settings,
    person: request.person,
    sink,
    inWindow: (at) => contains(request.interval, at),
    several: repositories.length > 1 || repositories.some((repository) => repository.branches.length > 1),
  });
  const reads: BranchRead[] = [];
  for (const repository of repositories) {
    for (const branch of repository.branches) reads.push(await history.read(repository, branch));
  }
  await history.finish();
  return {
    query: queryOf(repositories),
    parameters: {
      repositories: repositories.map((repository) => ({
        name: repository.settings.name,
        path: repository.settings.path,
        objectFormat: repository.hash,
        branches: repository.branches.map(({ name, ref, tip }) => ({ name, ref, tip })),
      })),
      committerDate: {
        from: formatInstant(request.interval.start),
        before: formatInstant(request.interval.end),
      },
    },
    mapping: mappingOf(settings),
    pages: reads.length,
    rowsRead: reads.reduce((sum, one) => sum + one.inWindow, 0),
    extraction: extractionOf(repositories, reads),
    covers: request.interval,
    lacks: lacksOf(settings, history.tally),
    cautions: cautionsOf(repositories, reads, history.tally),
  };
}

function queryOf(repositories: readonly Repository[]): string {
  const lines = repositories.flatMap(({ settings, branches }) => {
    const start = `git -C ${settings.path} --no-replace-objects`;
    const walks = branches.map((branch) => `${start} ${walkArguments(branch.tip).join(" ")}`);
    const batch = `${start} ${BATCH_ARGUMENTS.join(" ")} < the ids whose committer date lies in the window`;
    return walks.length === 0 ? [`${start} for-each-ref (no commit in this repository)`] : [...walks, batch];
  });
  return lines.join("\n");
}
