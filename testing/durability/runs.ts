/** The processes that are killed: real commands, and loops of use cases. Each keeps its receipts outside the workspace. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Collected, EvidenceReceipt } from "@countersign/application";
import type { LoopOptions } from "./loop.ts";
import type { Place } from "./place.ts";
import { openReceipts, type Receipt } from "./receipts.ts";

const command = join(import.meta.dirname, "../../apps/cli/bin/countersign.js");
const loop = join(import.meta.dirname, "loop.ts");

export type Ended = { readonly code: number | null; readonly signal: string | null; readonly stderr: string };

export type Run = {
  readonly words: string;
  readonly pid: number;
  /** Whether it still runs. */
  alive(): boolean;
  /** After its output was read to the end and its receipts are kept. */
  readonly ended: Promise<Ended>;
};

let compiled: string | undefined;

/**
 * Compiling our own code is most of what a short command does. A process that is killed never keeps its compiled code, so
 * one that ends by itself makes it for all.
 */
export function compileCache(): string {
  if (compiled !== undefined) return compiled;
  const folder = mkdtempSync(join(tmpdir(), "countersign-compiled-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  spawnSync(process.execPath, [command, "--help"], { env: { ...process.env, NODE_COMPILE_CACHE: folder } });
  return (compiled = folder);
}

function start(args: readonly string[], words: string, read: (stdout: string) => void): Run {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const env = { ...inherited, NODE_COMPILE_CACHE: compileCache() };
  const child = spawn(process.execPath, [...args], { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    read(stdout);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stderr }));
  });
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  return { words, pid: child.pid ?? 0, alive, ended };
}

/** A command of the product with --json; what its answer acknowledges is kept as soon as it is whole. */
function startCommand(
  place: Place,
  name: string,
  args: readonly string[],
  receiptsOf: (answer: unknown) => readonly Receipt[],
): Run {
  let answered = false;
  const words = ["countersign", ...args].join(" ");
  return start([command, ...args, "--json", "--workspace", place.home.root], words, (stdout) => {
    if (answered) return;
    let answer: unknown;
    try {
      answer = JSON.parse(stdout);
    } catch {
      return; // not whole yet
    }
    answered = true;
    const file = openReceipts(join(place.receipts, name));
    for (const receipt of receiptsOf(answer)) file.keep(receipt);
    file.close();
  });
}

export function startCollect(place: Place, name: string): Run {
  return startCommand(place, name, ["collect"], (answer) =>
    (answer as readonly Collected[]).flatMap((each): Receipt[] =>
      each.outcome === "collected"
        ? [
            {
              kind: "population",
              record: each.record,
              population: each.body.population,
              version: each.body.version,
            },
          ]
        : [],
    ),
  );
}

/** @param file what is added */
export function startEvidenceAdd(place: Place, name: string, control: string, file: string): Run {
  const args = [
    "evidence",
    "add",
    file,
    "--control",
    control,
    "--performed-at",
    "2026-01-05",
    "--note",
    name,
  ];
  return startCommand(place, name, args, (answer) => {
    const { record, state } = answer as EvidenceReceipt;
    const index = "index" in state ? state.index : undefined;
    return [{ kind: "evidence", record, note: name, index }];
  });
}

export function startLoop(place: Place, options: Omit<LoopOptions, "root" | "receipts">): Run {
  const all: LoopOptions = {
    ...options,
    root: place.home.root,
    receipts: join(place.receipts, options.name),
  };
  return start([loop, JSON.stringify(all)], `a loop of ${options.act}`, () => {});
}

/** Fails rather than waits for ever: a command that hangs when its server is gone is a fault too. */
export async function endOf(run: Run, seconds: number): Promise<Ended> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => limit.reject(new Error(`${run.words} has not ended after ${seconds} seconds`)),
    seconds * 1000,
  );
  try {
    return await Promise.race([run.ended, limit.promise]);
  } finally {
    clearTimeout(timer);
    if (run.alive()) process.kill(run.pid, "SIGKILL");
  }
}

/** A command that acknowledges nothing which the test keeps. */
export function startOther(place: Place, ...args: readonly string[]): Run {
  return startCommand(place, args[0] ?? "", args, () => []);
}
