/** The Go program beside this file: built once into a folder of its own, and run over many logs in one process. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { needsTool } from "../outside-tools.ts";

/** As the program reads and writes them; files in base64. */
export type GoLog = {
  readonly key: string;
  readonly witness?: string;
  readonly files?: { readonly [path: string]: string };
  readonly proof?: string;
  readonly record?: string;
};

export type GoVerdict = { readonly whole: boolean; readonly checkpoint: boolean; readonly why: string };

/** What go says when modules cannot be had from where this runs; anything else is a fault of the program. */
const NO_MODULES =
  /dial tcp|no such host|i\/o timeout|connection refused|Forbidden|module lookup disabled|proxyconnect|TLS handshake/;

let built: { readonly path: string } | { readonly reason: string } | undefined;

/** @returns the program's path; undefined when the test was skipped, with the reason */
export function goProgram(context: TestContext): string | undefined {
  if (!needsTool(context, "go")) return undefined;
  built ??= build();
  if ("path" in built) return built.path;
  context.skip(`Go's modules cannot be had here: ${built.reason}`);
  return undefined;
}

function build(): { readonly path: string } | { readonly reason: string } {
  const folder = mkdtempSync(join(tmpdir(), "countersign-interop-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "interop");
  const { status, stderr } = spawnSync("go", ["build", "-mod=readonly", "-buildvcs=false", "-o", path, "."], {
    cwd: import.meta.dirname,
    encoding: "utf8",
    timeout: 600_000,
  });
  if (status === 0) return { path };
  const reason = stderr.trim().split("\n").at(-1) ?? "";
  if (!NO_MODULES.test(stderr)) throw new Error(`go build: ${stderr}`);
  return { reason };
}

function run(program: string, args: readonly string[], input: string): readonly string[] {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 29,
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`interop ${args.join(" ")}: ${stderr}`);
  return stdout.trimEnd().split("\n");
}

/** @param command judge or prove. @returns a verdict for each log, in their order */
export function goVerdicts(program: string, command: "judge" | "prove", logs: readonly GoLog[]): GoVerdict[] {
  const lines = run(program, [command], logs.map((log) => `${JSON.stringify(log)}\n`).join(""));
  // The shape is that of the program beside this file.
  const verdicts = lines.map((line) => JSON.parse(line) as GoVerdict);
  if (verdicts.length !== logs.length) throw new Error(`${verdicts.length} verdicts on ${logs.length} logs`);
  return verdicts;
}

/** What a client says that reads the log over HTTP, while a plain file server serves the folder. */
export function goReads(program: string, folder: string, key: string): GoVerdict {
  // The shape is that of the program beside this file.
  return JSON.parse(run(program, ["read", folder, key], "")[0] ?? "") as GoVerdict;
}

/** Logs that the program made, with keys of its own. */
export function goLogs(program: string, sizes: readonly number[]): Required<GoLog>[] {
  return run(program, ["write", ...sizes.map(String)], "").map((line) => JSON.parse(line) as Required<GoLog>);
}

export function filesOf(log: GoLog): Map<string, Buffer> {
  return new Map(Object.entries(log.files ?? {}).map(([path, data]) => [path, Buffer.from(data, "base64")]));
}

export function goFiles(files: ReadonlyMap<string, Buffer>): { readonly [path: string]: string } {
  return Object.fromEntries([...files].map(([path, data]) => [path, data.toString("base64")]));
}
