/** Journeys run the real command as a person would, in a folder of their own, and read what it prints. */
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import {
  openEmbeddedPostgres,
  type EmbeddedServer,
} from "../../packages/store/src/embedded/embedded-postgres.ts";

export const root = join(import.meta.dirname, "../..");
const launcher = join(root, "apps/cli/bin/countersign.js");
/** Half of a short command's time would go into reading the sources again. */
const compileCache = join(root, "node_modules/.cache/journeys");
export const fixtures = join(root, "../shared/fixtures");
export const golangStream = join(fixtures, "git/golang-tools.fast-import");
export const noFixtures = existsSync(golangStream)
  ? false
  : "the shared fixtures are not beside this checkout";

export type Answer = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

export type Place = {
  readonly folder: string;
  run(...args: readonly string[]): Promise<Answer>;
  /** Runs, insists on exit 0, and reads the JSON it printed. */
  json<T = unknown>(...args: readonly string[]): Promise<T>;
  /** Runs, insists on exit 1, and gives what it said on stderr. */
  refused(...args: readonly string[]): Promise<string>;
  write(path: string, text: string | Uint8Array): string;
  read(path: string): string;
  /** Copies a home whose server is stopped. */
  copy(from: string, to: string): void;
  /** Keeps the workspace's server up between commands: each would otherwise start and stop it. */
  keepServer(home?: string): Promise<EmbeddedServer>;
  remove(): Promise<void>;
};

export function newPlace(name: string): Place {
  const folder = mkdtempSync(join(tmpdir(), `countersign-${name}-`));
  const servers: EmbeddedServer[] = [];
  const run = (...args: readonly string[]): Promise<Answer> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [launcher, ...args], {
        cwd: folder,
        env: { ...process.env, NO_COLOR: "1", DATABASE_URL: "", NODE_COMPILE_CACHE: compileCache },
      });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
      child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
      child.on("close", (status) => {
        resolve({ status, stdout, stderr });
      });
    });
  return {
    folder,
    run,
    async json<T>(...args: readonly string[]): Promise<T> {
      const answer = await run(...args, "--json");
      if (answer.status !== 0 && answer.status !== 2) throw new Error(`${args.join(" ")}: ${answer.stderr}`);
      return JSON.parse(answer.stdout) as T;
    },
    async refused(...args) {
      const answer = await run(...args);
      if (answer.status !== 1) throw new Error(`${args.join(" ")} was not refused: ${answer.stdout}`);
      // The word for a failure that nobody foresaw: nothing that a user types may end there.
      if (answer.stderr.includes("should not have")) throw new Error(answer.stderr);
      return answer.stderr;
    },
    write(path, text) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
      return target;
    },
    read: (path) => readFileSync(join(folder, path), "utf8"),
    copy(from, to) {
      cpSync(join(folder, from), join(folder, to), { recursive: true });
    },
    async keepServer(home = ".") {
      const directory = join(folder, home, ".countersign", "postgres");
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const server = await openEmbeddedPostgres({ directory, say: () => {} });
      servers.push(server);
      return server;
    },
    async remove() {
      for (const server of servers) await server.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const gitEnvironment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

export function git(
  folder: string,
  args: readonly string[],
  input?: string | Buffer,
  env: NodeJS.ProcessEnv = {},
): string {
  const { status, stdout, stderr } = spawnSync("git", args, {
    cwd: folder,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...gitEnvironment, ...env },
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

export function importRepository(folder: string, stream: string | Buffer): void {
  mkdirSync(folder, { recursive: true });
  git(folder, ["init", "-q", "-b", "main"]);
  git(folder, ["fast-import", "--quiet"], stream);
}

/** Unpacks a zip with Python, an implementation that is not ours. */
export function unzip(path: string, into: string): void {
  const { status, stderr } = spawnSync("python3", ["-m", "zipfile", "-e", path, into], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

export type Unpacked = {
  /** Of files, sorted; those that begin with `start`. */
  paths(start?: string): readonly string[];
  bytes(path: string): Buffer;
  text(path: string): string;
};

export function unpacked(path: string, into: string): Unpacked {
  unzip(path, into);
  return {
    paths: (start = "") =>
      readdirSync(into, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(into, join(entry.parentPath, entry.name)))
        .filter((each) => each.startsWith(start))
        .sort(),
    bytes: (file) => readFileSync(join(into, file)),
    text: (file) => readFileSync(join(into, file), "utf8"),
  };
}
