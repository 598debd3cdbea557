/** The one place of this package that has effects: writes the sample's files and lets git take in its histories. */
import { ProblemError } from "@countersign/kernel";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What {@link writeSample} needs of a generated company. */
export type WritableSample = {
  readonly files: Iterable<{ readonly path: string; readonly bytes: Uint8Array }>;
  readonly repositories: readonly {
    readonly path: string;
    readonly fastImport: string;
    readonly head: string;
  }[];
};

/**
 * Writes everything below `directory`, which is made where it is missing.
 * @throws ProblemError where something of the sample is there already, or git is missing or refuses.
 */
export async function writeSample(sample: WritableSample, directory: string): Promise<void> {
  const files = [...sample.files];
  const paths = [
    ...files.map((file) => file.path),
    ...sample.repositories.map((repository) => repository.path),
  ];
  for (const path of paths) {
    if (!existsSync(join(directory, path))) continue;
    throw new ProblemError({
      code: "sample/in-the-way",
      what: "The sample company was not written, because something already stands in its place.",
      where: join(directory, path),
      next: "name an empty directory",
    });
  }
  const folders = new Set(files.map((file) => dirname(join(directory, file.path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await Promise.all(files.map((file) => writeFile(join(directory, file.path), file.bytes)));
  await Promise.all(
    sample.repositories.map((repository) => importRepository(join(directory, repository.path), repository)),
  );
}

async function importRepository(
  folder: string,
  repository: { readonly fastImport: string; readonly head: string },
): Promise<void> {
  await git(["init", "--quiet", "--bare", "--initial-branch=main", folder], "");
  await git(["-C", folder, "fast-import", "--quiet"], repository.fastImport);
  const head = await git(["-C", folder, "rev-parse", "refs/heads/main"], "");
  if (head.trim() === repository.head) return;
  throw new ProblemError({
    code: "sample/other-history",
    what: "git made another history of the sample than the saved reviews speak of.",
    where: folder,
    why: `main is ${head.trim()}, and ${repository.head} was expected.`,
    next: "delete the directory and try again; if it happens again, report it with the output of git --version",
  });
}

/** Nothing of the user's own configuration may change what is made: templates, hooks, default hash. */
const ISOLATED = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_DEFAULT_HASH: "sha1",
  LC_ALL: "C",
};

function git(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const environment: NodeJS.ProcessEnv = { ...process.env, ...ISOLATED };
    // Set when a hook runs us: git would then write to that repository instead of ours.
    for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"])
      delete environment[name];
    const child = spawn("git", args, { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    child.on("error", (cause) => {
      reject(
        new ProblemError(
          {
            code: "sample/no-git",
            what: "git could not be started, and the sample company needs it to write its repositories.",
            why: cause.message,
            next: "install git 2.28 or newer",
          },
          { cause },
        ),
      );
    });
    // git may end before it has read everything; its exit code and words then say why.
    child.stdin.on("error", () => undefined);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else {
        reject(
          new ProblemError({
            code: "sample/git-refused",
            what: "git did not take in the sample's history.",
            where: `git ${args.join(" ")}`,
            why: complaint.trim().split("\n")[0] ?? `it ended with ${code}`,
            next: "look at the named command; git 2.28 or newer is needed",
          }),
        );
      }
    });
    child.stdin.end(input);
  });
}
