/** The pages that are tracked, and what stands in them: links, headings, code, table rows. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export type Page = {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Without fenced blocks. */
  readonly prose: string;
  /** Lines of fenced blocks, and inline code, each with the line it stands on. */
  readonly code: readonly { readonly line: number; readonly text: string }[];
};

/** @param untracked also those that are not yet added, and would be */
export function pages(): readonly Page[] {
  return execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter((path) => path !== "")
    .map(readPage);
}

export function readPage(path: string): Page {
  return pageOf(path, readFileSync(join(root, path), "utf8"));
}

export function pageOf(path: string, text: string): Page {
  const prose: string[] = [];
  const code: { line: number; text: string }[] = [];
  let fence: string | undefined;
  text.split("\n").forEach((line, index) => {
    const mark = /^\s*(`{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark === fence)) {
      fence = fence === undefined ? mark : undefined;
      prose.push("");
    } else if (fence !== undefined) {
      code.push({ line: index + 1, text: line });
      prose.push("");
    } else {
      prose.push(line);
      for (const [, inline] of line.matchAll(/`([^`]+)`/g))
        code.push({ line: index + 1, text: inline ?? "" });
    }
  });
  return { path, text, prose: prose.join("\n"), code };
}

export type Link = { readonly line: number; readonly target: string; readonly anchor: string | undefined };

/** Links to files and headings of this repository. Those in code are no links. */
export function relativeLinks(page: Page): readonly Link[] {
  return page.prose.split("\n").flatMap((line, index) =>
    [...line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, href = ""]) => {
      if (/^[a-z]+:/i.test(href)) return [];
      const [target = "", anchor] = href.split("#");
      return [{ line: index + 1, target, anchor }];
    }),
  );
}

/** Anchors of the headings, as forges make them: lower case, hyphens for spaces, punctuation left out. */
export function anchorsOf(page: Page): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of page.prose.split("\n")) {
    const heading = /^#{1,6} (.+)$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const plain = heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let anchor = plain;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${plain}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Cells of the table rows, those of headers and rules included. */
export function tableRows(page: Page): readonly (readonly string[])[] {
  return page.prose
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
