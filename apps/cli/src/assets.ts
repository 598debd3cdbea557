/** Content that is shipped beside the code: the catalog, the migrations, the page on checking a package. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PDF_FONTS } from "@countersign/documents";
import type { TextFile } from "@countersign/program";

/** In a checkout the files stand where they are written; in the published package they stand beside the bundle. */
function place(...parts: readonly string[]): string {
  const published = join(import.meta.dirname, "assets", ...parts.slice(-1));
  return existsSync(published) ? published : join(import.meta.dirname, "../../..", ...parts);
}

export const migrations = (): string => place("packages", "store", "migrations");

export function catalogFiles(): TextFile[] {
  const root = place("catalog");
  return [root, join(root, "controls")].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => {
        const path = join(folder, name);
        return { path: path.slice(root.length - "catalog".length), text: readFileSync(path, "utf8") };
      }),
  );
}

export const howToCheck = (): string => readFileSync(place("docs", "for-auditors.md"), "utf8");

/** In a checkout they lie where npm put them. */
export function pdfFonts(): readonly Uint8Array[] {
  const published = join(import.meta.dirname, "assets", "fonts");
  const folder = existsSync(published)
    ? published
    : join(dirname(fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/package.json"))), "ttf");
  return PDF_FONTS.map((name) => readFileSync(join(folder, name)));
}

export const schemas = (): string => place("packages", "program", "schema");

/** Of the program, for records and packages. */
export const VERSION = "0.1.0";
