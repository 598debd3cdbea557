/** Opens a repository: whether it is one, whether its history is all there, and which commit each branch stands at. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatInstant, ProblemError, type Instant, type Problem } from "@countersign/kernel";
import { nearest } from "../settings/suggest.ts";
import { askGit, whatGitSaid, type GitPlace } from "./run.ts";
import type { RepositorySettings } from "./settings.ts";

export type Branch = {
  readonly name: string;
  readonly ref: string;
  readonly tip: string;
  /** What a reader must know of the choice of this ref. */
  readonly cautions: readonly string[];
};

export type Repository = {
  readonly settings: RepositorySettings;
  readonly place: GitPlace;
  readonly hash: "sha1" | "sha256";
  readonly shallow: boolean;
  /** Commits for which this repository holds a replacement or a graft; both are ignored. */
  readonly replaced: ReadonlySet<string>;
  /** None in a repository without a single commit. */
  readonly branches: readonly Branch[];
  readonly lastFetch?: Instant;
};

type Refs = ReadonlyMap<string, string>;

/** @throws ProblemError when the path is no repository or a named branch does not exist. */
export async function openRepository(settings: RepositorySettings, folder: string): Promise<Repository> {
  const place = placeOf(settings, folder);
  const asked = ["--is-shallow-repository", "--show-object-format", "--absolute-git-dir"];
  const answer = await askGit(place, ["rev-parse", ...asked]);
  if (answer.code !== 0) throw new ProblemError(await notARepository(settings, place, answer.stderr));
  const [shallow = "", format = "", gitFolder = ""] = answer.stdout.split("\n");
  const refs = await refsOf(place);
  const replaced = new Set(
    [...refs.keys()]
      .filter((ref) => ref.startsWith("refs/replace/"))
      .map((ref) => ref.slice("refs/replace/".length)),
  );
  for (const oid of graftsIn(gitFolder)) replaced.add(oid);
  const lastFetch = lastFetchOf(gitFolder);
  return {
    settings,
    place,
    hash: format === "sha256" ? "sha256" : "sha1",
    shallow: shallow === "true",
    replaced,
    branches: await branchesOf(settings, place, refs),
    ...(lastFetch === undefined ? {} : { lastFetch }),
  };
}

function placeOf(settings: RepositorySettings, folder: string): GitPlace {
  try {
    // git compares resolved paths, and must not climb from a plain folder into whatever repository lies around it.
    const real = realpathSync(folder);
    if (statSync(real).isDirectory()) return { folder: real, ceiling: dirname(real) };
  } catch {
    // Told below, with the same words as for a file.
  }
  throw new ProblemError({
    code: "git/no-such-folder",
    what: `There is no folder at the path of repository ${settings.name}.`,
    where: folder,
    why: `The settings say path: ${settings.path}, which starts from the program's folder.`,
    next: "correct the path in sources.yaml, or clone the repository there",
  });
}

async function notARepository(
  settings: RepositorySettings,
  place: GitPlace,
  stderr: string,
): Promise<Problem> {
  const base = { where: place.folder };
  if (/dubious ownership/i.test(stderr)) {
    return {
      ...base,
      code: "git/owner",
      what: `git refuses to read repository ${settings.name}, because another user owns its folder.`,
      why: whatGitSaid(stderr),
      next: "run as the folder's owner, or install git 2.38 or newer, which lets this connector vouch for the folder",
    };
  }
  if (!/not a git repository/i.test(stderr)) {
    return {
      ...base,
      code: "git/unreadable",
      what: `git could not open repository ${settings.name}.`,
      why: whatGitSaid(stderr),
      next: `look at it with: git -C ${place.folder} rev-parse --git-dir`,
    };
  }
  const above = await askGit({ folder: place.folder, ceiling: "" }, ["rev-parse", "--show-toplevel"]);
  const outer = above.code === 0 ? above.stdout.trim() : "";
  return {
    ...base,
    code: "git/not-a-repository",
    what: `The folder of repository ${settings.name} is not a git repository.`,
    ...(outer === "" ? {} : { why: `It lies inside the repository ${outer}.` }),
    next:
      outer === ""
        ? "name the folder that holds .git, or clone the repository there"
        : `name the repository itself: path: ${outer}`,
  };
}

async function refsOf(place: GitPlace): Promise<Refs> {
  const folders = ["refs/heads", "refs/remotes", "refs/replace"];
  const { stdout } = await askGit(place, ["for-each-ref", "--format=%(refname) %(objectname)", ...folders]);
  const refs = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [ref, oid] = line.split(" ");
    if (ref !== undefined && oid !== undefined) refs.set(ref, oid);
  }
  return refs;
}

function graftsIn(gitFolder: string): readonly string[] {
  try {
    const lines = readFileSync(join(gitFolder, "info", "grafts"), "utf8").split("\n");
    return lines.map((line) => line.split(" ")[0] ?? "").filter((oid) => /^[0-9a-f]{40,64}$/.test(oid));
  } catch {
    return [];
  }
}

function lastFetchOf(gitFolder: string): Instant | undefined {
  try {
    return formatInstant(Math.floor(statSync(join(gitFolder, "FETCH_HEAD")).mtimeMs));
  } catch {
    return undefined;
  }
}

async function branchesOf(
  settings: RepositorySettings,
  place: GitPlace,
  refs: Refs,
): Promise<readonly Branch[]> {
  if (settings.branches.length === 0) {
    const branch = await defaultBranch(settings, place, refs);
    return branch === undefined ? [] : [branch];
  }
  const hasCommits = [...refs.keys()].some((ref) => !ref.startsWith("refs/replace/"));
  if (!hasCommits) return [];
  return [...new Set(settings.branches)].map((name) => namedBranch(settings, place, refs, name));
}

async function defaultBranch(
  settings: RepositorySettings,
  place: GitPlace,
  refs: Refs,
): Promise<Branch | undefined> {
  const head = await askGit(place, ["symbolic-ref", "--quiet", "HEAD"]);
  const ref = head.stdout.trim();
  const tip = refs.get(ref);
  if (tip !== undefined && ref.startsWith("refs/heads/")) {
    return withRemote(refs, { name: ref.slice("refs/heads/".length), ref, tip, cautions: [] });
  }
  const local = [...refs].filter(([name]) => name.startsWith("refs/heads/"));
  const only = local.length === 1 ? local[0] : undefined;
  if (only !== undefined) {
    const name = only[0].slice("refs/heads/".length);
    const cautions = [
      `No branch was named and HEAD names none, so the only branch of ${settings.name}, ${name}, was read.`,
    ];
    return withRemote(refs, { name, ref: only[0], tip: only[1], cautions });
  }
  if (local.length === 0 && ![...refs.keys()].some((name) => name.startsWith("refs/remotes/"))) {
    return emptyOrDetached(settings, place);
  }
  throw new ProblemError({
    code: "git/no-branch",
    what: `Which branch of repository ${settings.name} customers are served from is not said, and HEAD names none that has commits.`,
    where: place.folder,
    why: `Its branches: ${listOfBranches(refs)}.`,
    next: "name the branch in sources.yaml, e.g. branches: [main]",
  });
}

/** No branch at all: nothing was ever committed, or a commit is checked out without a branch. */
async function emptyOrDetached(settings: RepositorySettings, place: GitPlace): Promise<Branch | undefined> {
  const head = await askGit(place, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  const tip = head.stdout.trim();
  if (head.code !== 0 || tip === "") return undefined;
  const cautions = [`Repository ${settings.name} has no branch; the commit that HEAD stands at was read.`];
  return { name: "HEAD", ref: "HEAD", tip, cautions };
}

function namedBranch(settings: RepositorySettings, place: GitPlace, refs: Refs, name: string): Branch {
  const ref = name.startsWith("refs/") ? name : `refs/heads/${name}`;
  const tip = refs.get(ref);
  if (tip !== undefined)
    return withRemote(refs, { name: name.replace(/^refs\/heads\//, ""), ref, tip, cautions: [] });
  const remote = [`refs/remotes/${name}`, `refs/remotes/origin/${name}`].find((candidate) =>
    refs.has(candidate),
  );
  if (remote !== undefined) {
    const cautions = [
      `Branch ${name} of ${settings.name} was read from ${remote}, as it stood when it was last fetched.`,
    ];
    return { name, ref: remote, tip: refs.get(remote) ?? "", cautions };
  }
  const near = nearest(name, [...refs.keys()].map(shortRef));
  throw new ProblemError({
    code: "git/no-branch",
    what: `Repository ${settings.name} has no branch ${name}.`,
    where: place.folder,
    why: `Its branches: ${listOfBranches(refs)}.`,
    next:
      near === undefined ? "correct branches in sources.yaml, or fetch the branch" : `did you mean ${near}?`,
  });
}

function withRemote(refs: Refs, branch: Branch): Branch {
  const remote = refs.get(`refs/remotes/origin/${branch.name}`);
  if (remote === undefined || remote === branch.tip) return branch;
  const words = `The local branch ${branch.name} (${branch.tip.slice(0, 12)}) and origin/${branch.name} (${remote.slice(0, 12)}) differ; the local one was read.`;
  return { ...branch, cautions: [...branch.cautions, words] };
}

function shortRef(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes)\//, "");
}

function listOfBranches(refs: Refs): string {
  const names = [...refs.keys()].filter((ref) => !ref.startsWith("refs/replace/")).map(shortRef);
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown || "none";
}
