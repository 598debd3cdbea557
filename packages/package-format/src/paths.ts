/** Names of files inside a package: what every unpacker on every system can write to disk, and nothing else. */
import { err, ok, type Result } from "@countersign/kernel";

/** In UTF-16 code units. Leaves room for the folder it is unpacked into (Windows ends at 260). */
export const PATH_LENGTH_MAX = 200;

/** Device names that Windows reserves, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
// Control characters, what Windows does not allow in a name, and braces, so that a manifest can be cut at them by the
// line tools of docs/for-auditors.md.
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f<>:"|?*{}\\]/;

/** Says why a path may not stand in a package; the value of the success is the path itself. */
export function checkPackagePath(path: string): Result<string, string> {
  if (path === "") return err("an empty path");
  if (path.length > PATH_LENGTH_MAX) return err(`longer than ${PATH_LENGTH_MAX} characters`);
  if (!path.isWellFormed()) return err("not well-formed Unicode");
  if (path.normalize("NFC") !== path) return err("not in Unicode normal form C");
  if (FORBIDDEN.test(path)) return err("a character that not every system can store");
  for (const segment of path.split("/")) {
    if (segment === "") return err("an absolute path, or an empty segment");
    if (segment === "." || segment === "..") return err("a segment that moves between folders");
    if (segment.endsWith(".") || segment.endsWith(" ") || segment.startsWith(" "))
      return err("a segment that begins with a space, or ends with a space or a dot");
    if (RESERVED.test(segment)) return err("a name that Windows reserves");
  }
  return ok(path);
}

/** Two paths with the same key would be one file on a system that ignores case. */
export function caseKey(path: string): string {
  // Upper, then lower: "ß" and "ſ" fold the way case-insensitive file systems fold them.
  return path.toUpperCase().toLowerCase().normalize("NFC");
}

/**
 * Order of the UTF-8 bytes, which is the order of code points: what `LC_ALL=C sort`, Python's `sorted` and
 * PostgreSQL's "C" collation give. Item ids and paths are sorted by it.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, so they rank above the code units E000 to FFFF. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Finds paths that cannot stand side by side: the same name twice, in another case, or once as a file and once as a folder. */
export class PathSet {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();

  /** @returns the path that it collides with, if any. */
  add(path: string): string | undefined {
    const key = caseKey(path);
    const twin = this.#files.get(key) ?? this.#folders.get(key);
    if (twin !== undefined) return twin;
    const segments = key.split("/");
    for (let depth = 1; depth < segments.length; depth++) {
      const folder = segments.slice(0, depth).join("/");
      const file = this.#files.get(folder);
      if (file !== undefined) return file;
      const spelled = path.split("/").slice(0, depth).join("/");
      const known = this.#folders.get(folder);
      // One folder in two spellings would be one folder or two, depending on the system.
      if (known !== undefined && known !== spelled) return known;
      this.#folders.set(folder, spelled);
    }
    this.#files.set(key, path);
    return undefined;
  }
}

/** A file name for a name that a source or a person gave: letters, digits, dots, dashes and underscores of it. */
export function safeFileName(name: string, lengthMax = 80): string {
  const last = name.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  let safe = last
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+/, "")
    .normalize("NFC");
  if (safe.length > lengthMax) {
    // Keep the extension: it is what a reader's computer opens the file by.
    const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(safe)?.[0] ?? "";
    safe =
      safe
        .slice(0, lengthMax - extension.length)
        .toWellFormed()
        .replace(/\ufffd$/, "") + extension;
  }
  safe = safe.replace(/[.-]+$/, "");
  if (safe === "") return "file";
  return RESERVED.test(safe) ? `_${safe}` : safe;
}
