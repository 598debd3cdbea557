/**
 * Programs of other people that tests compare ours with. A test that needs one asks here, skips in words where it is
 * missing, and leaves a note that it ran it: `npm test` ends with the list of them (tools/check.ts).
 */
import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import type { TestContext } from "node:test";

/** What each is for, and how it tells its version. */
export const outsideTools = {
  openssl: { version: ["version"], checks: "signatures, digests and time stamps" },
  python3: { version: ["--version"], checks: "the tree, draws and results once more" },
  go: { version: ["version"], checks: "notes, tiles and proofs, with golang.org/x/mod and transparency-dev" },
  cosign: { version: ["version", "--json"], checks: "signed statements" },
  litewitness: { version: ["-h"], checks: "cosignatures of an independent witness" },
  cc: { version: ["--version"], checks: "writes that take fewer bytes than they are given" },
  pdftotext: { version: ["-v"], checks: "the pages of PDFs, as another reader sees them" },
  soffice: { version: ["--version"], checks: "Word files and workbooks, opened by LibreOffice" },
  strace: { version: ["--version"], checks: "the failure of each system call" },
} as const satisfies Record<string, { readonly version: readonly string[]; readonly checks: string }>;

export type OutsideToolName = keyof typeof outsideTools;

/** What a tool says of its own version, in a few words; undefined where it cannot be started. */
export function versionOf(name: OutsideToolName): string | undefined {
  const { stdout, stderr, error } = spawnSync(name, outsideTools[name].version, {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (error !== undefined) return undefined;
  return /\d+\.\d+(?:\.\d+)?/.exec(`${stdout}\n${stderr}`)?.[0] ?? "of unknown version";
}

/**
 * Skips the test where the tool is missing. @returns whether the test can go on.
 * Where COUNTERSIGN_TOOLS_LOG names a file, a line is added to it for each test that goes on.
 */
export function needsTool(context: TestContext, name: OutsideToolName): boolean {
  const version = versionOf(name);
  if (version === undefined) {
    context.skip(`${name} is not on this machine's PATH`);
    return false;
  }
  context.diagnostic(`ran ${name} ${version}`);
  const log = process.env["COUNTERSIGN_TOOLS_LOG"];
  if (log !== undefined) appendFileSync(log, `${name} ${version}\n`);
  return true;
}
