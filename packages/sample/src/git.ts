/**
 * A git history as text: the stream that `git fast-import` reads, and the object ids that git will give. The ids are
 * needed before git has run, because the saved reviews name them.
 */
import { zoneOffset, type EpochMs, type TimeZone } from "@countersign/kernel";
import { createHash } from "node:crypto";

export type GitPerson = { readonly name: string; readonly email: string };

export type GitCommit = {
  readonly author: GitPerson;
  readonly authoredAt: EpochMs;
  readonly committer: GitPerson;
  readonly committedAt: EpochMs;
  readonly message: string;
  /** The one file that the commit writes: `name` or `folder/name`. */
  readonly path: string;
  readonly content: string;
};

/** Git names an object by SHA-1 over its type, its length and its bytes (gitformat-pack, "object names"). */
function objectId(type: "blob" | "tree" | "commit", content: Buffer): Buffer {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest();
}

/** `Name <email> seconds +hhmm`, the zone being the writer's own at that instant. */
function signature(person: GitPerson, at: EpochMs, zone: TimeZone): string {
  const minutes = Math.round(zoneOffset(zone, at) / 60_000);
  const size = Math.abs(minutes);
  const hhmm = String(Math.floor(size / 60)).padStart(2, "0") + String(size % 60).padStart(2, "0");
  return `${person.name} <${person.email}> ${Math.floor(at / 1000)} ${minutes < 0 ? "-" : "+"}${hhmm}`;
}

type Folder = Map<string, Buffer | Folder>;

function treeId(folder: Folder): Buffer {
  const entries = [...folder].map(([name, node]) => ({
    // Git sorts a folder as if its name ended in a slash.
    order: node instanceof Map ? `${name}/` : name,
    head: node instanceof Map ? `40000 ${name}\0` : `100644 ${name}\0`,
    id: node instanceof Map ? treeId(node) : node,
  }));
  entries.sort((a, b) => (a.order < b.order ? -1 : 1));
  return objectId("tree", Buffer.concat(entries.flatMap((entry) => [Buffer.from(entry.head), entry.id])));
}

/** One branch, `main`, of one repository, written commit by commit. Names and paths are plain ASCII. */
export class GitHistory {
  readonly #zone: TimeZone;
  readonly #root: Folder = new Map();
  readonly #stream: string[] = [];
  #head: string | undefined;

  constructor(zone: TimeZone) {
    this.#zone = zone;
  }

  /** @returns the commit's id, 40 hex digits, as git will compute it. */
  add(commit: GitCommit): string {
    this.#put(commit.path, objectId("blob", Buffer.from(commit.content)));
    const author = signature(commit.author, commit.authoredAt, this.#zone);
    const committer = signature(commit.committer, commit.committedAt, this.#zone);
    const message = commit.message.endsWith("\n") ? commit.message : `${commit.message}\n`;
    const parent = this.#head === undefined ? "" : `parent ${this.#head}\n`;
    const text =
      `tree ${treeId(this.#root).toString("hex")}\n${parent}` +
      `author ${author}\ncommitter ${committer}\n\n${message}`;
    this.#head = objectId("commit", Buffer.from(text)).toString("hex");
    this.#stream.push(
      `commit refs/heads/main\nauthor ${author}\ncommitter ${committer}\n` +
        `data ${Buffer.byteLength(message)}\n${message}\n` +
        `M 100644 inline ${commit.path}\ndata ${Buffer.byteLength(commit.content)}\n${commit.content}\n`,
    );
    return this.#head;
  }

  #put(path: string, id: Buffer): void {
    const [first, second] = path.split("/");
    if (first === undefined) throw new TypeError("a file needs a name");
    if (second === undefined) {
      this.#root.set(first, id);
      return;
    }
    const folder = this.#root.get(first);
    if (folder instanceof Map) folder.set(second, id);
    else this.#root.set(first, new Map([[second, id]]));
  }

  get head(): string {
    if (this.#head === undefined) throw new TypeError("a history without a commit has no head");
    return this.#head;
  }

  get commits(): number {
    return this.#stream.length;
  }

  /** What `git fast-import` reads on its standard input. */
  stream(): string {
    return `feature done\n${this.#stream.join("")}done\n`;
  }
}
