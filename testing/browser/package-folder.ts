/** An unpacked audit package of the made-up company, in a temporary folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { documents } from "@countersign/documents";
import { madeUpPackage, type MadeUpPackage } from "../../packages/documents/src/fixture/made-up-view.ts";

export type PackageFolder = {
  readonly made: MadeUpPackage;
  readonly folder: string;
  /** The address of a page, as a browser opens it from disk. */
  readonly url: (path: string) => string;
  readonly remove: () => void;
};

/** @param weeks of the window's weeks are shown; fewer make pages that a slow engine reads sooner. */
export async function packageFolder(weeks = Number.POSITIVE_INFINITY): Promise<PackageFolder> {
  const whole = madeUpPackage();
  const made: MadeUpPackage = {
    ...whole,
    view: {
      ...whole.view,
      summary: { ...whole.view.summary, weeks: whole.view.summary.weeks.slice(0, weeks) },
    },
  };
  const folder = mkdtempSync(join(tmpdir(), "audit package "));
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const { path, content } of documents.pages(made.view)) put(path, content);
  for await (const { path, content } of documents.sheets(made.view, { rows: () => made.rows }))
    put(path, content);
  for (const [path, content] of made.files) put(path, content);
  return {
    made,
    folder,
    url: (path) => pathToFileURL(join(folder, path)).href,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
