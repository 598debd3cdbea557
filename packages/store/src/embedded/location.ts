/** Where a workspace's data lie: beside its other files, or under a system directory that a pointer file names. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProblemError } from "@countersign/kernel";

/** Where this workspace's data lie now or would be made. Throws when the workspace points to data that are not there. */
export async function dataParentOf(directory: string): Promise<string> {
  const pointer = join(directory, "location.json");
  let text: string;
  try {
    text = await readFile(pointer, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return directory;
    throw error;
  }
  if ((await stat(pointer)).uid !== 0) throw notRoots(pointer);
  const parent = (JSON.parse(text) as { parent: string }).parent;
  const owner = await readFile(join(parent, "workspace.txt"), "utf8").catch(() => undefined);
  const where = `${pointer}, which names ${parent}`;
  if (owner === undefined) {
    throw new ProblemError({
      code: "embedded-postgres-data-missing",
      what: "This workspace keeps its database in a system directory, and it is not there.",
      where,
      why: "It was removed, or this is a new container or machine that did not bring it along.",
      next: `Bring ${parent} back (from a volume or a backup), or start a new workspace in another directory.`,
    });
  }
  if (
    owner !== directory &&
    (await stat(join(owner, "location.json")).catch(() => undefined)) !== undefined
  ) {
    throw new ProblemError({
      code: "embedded-postgres-workspace-copied",
      what: `This workspace is a copy of ${owner}, and both name the same database.`,
      where,
      why: "Two workspaces that write to one database would mix their records.",
      next: `Work in ${owner}, or remove one of the two copies.`,
    });
  }
  return parent;
}

/** Only root puts data elsewhere. A pointer of anybody else's could lead root to anything. */
function notRoots(pointer: string): ProblemError {
  return new ProblemError({
    code: "embedded-postgres-pointer",
    what: "The file that says where this workspace's database lies does not belong to root, who alone writes it.",
    where: pointer,
    next: "Give it back to root if you know how it came to another owner (sudo chown root), or remove the workspace.",
  });
}

/** Leaves in the workspace where its data are; done once they exist, so that the pointer never names nothing. */
export async function rememberPlace(directory: string, parent: string): Promise<void> {
  if (parent === directory) return;
  await writeFile(join(directory, "location.json"), `${JSON.stringify({ parent })}\n`, { mode: 0o600 });
}
