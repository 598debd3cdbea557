/**
 * The text of a PDF that Chromium printed: enough of the format (ISO 32000-1 sections 7.3, 9.10.3) to read back what is
 * on paper, and no more.
 */
import { inflateSync } from "node:zlib";

type Objects = ReadonlyMap<string, { readonly head: string; readonly stream: string }>;

function readObjects(pdf: Buffer): Objects {
  const text = pdf.toString("latin1");
  const objects = new Map<string, { head: string; stream: string }>();
  for (const match of text.matchAll(/(\d+) 0 obj\b/g)) {
    const start = match.index + match[0].length;
    const end = text.indexOf("endobj", start);
    const body = text.slice(start, end);
    const at = body.search(/stream\r?\n/);
    if (at < 0) {
      objects.set(match[1] ?? "", { head: body, stream: "" });
      continue;
    }
    const begin = start + at + (/stream\r?\n/.exec(body)?.[0].length ?? 0);
    const length = Number(/\/Length (\d+)/.exec(body)?.[1]);
    const bytes = pdf.subarray(begin, begin + length);
    const stream = body.includes("/FlateDecode") ? inflateSync(bytes) : bytes;
    objects.set(match[1] ?? "", { head: body.slice(0, at), stream: stream.toString("latin1") });
  }
  return objects;
}

function fromUtf16(hex: string): string {
  return (hex.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join("");
}

/** Glyph to text, of one font. */
function readToUnicode(cmap: string): ReadonlyMap<string, string> {
  const glyphs = new Map<string, string>();
  for (const [, block = ""] of cmap.matchAll(/beginbfchar(.*?)endbfchar/gs))
    for (const [, glyph = "", text = ""] of block.matchAll(/<([0-9A-F]+)>\s*<([0-9A-F]+)>/gi))
      glyphs.set(glyph.toUpperCase(), fromUtf16(text));
  for (const [, block = ""] of cmap.matchAll(/beginbfrange(.*?)endbfrange/gs))
    for (const [, from = "", to = "", text = ""] of block.matchAll(
      /<([0-9A-F]+)>\s*<([0-9A-F]+)>\s*<([0-9A-F]+)>/gi,
    ))
      for (let glyph = Number.parseInt(from, 16), n = 0; glyph <= Number.parseInt(to, 16); glyph++, n++)
        glyphs.set(
          glyph.toString(16).toUpperCase().padStart(from.length, "0"),
          String.fromCharCode(Number.parseInt(text, 16) + n),
        );
  return glyphs;
}

/** Each page's text without any space: printing moves words about, and their letters stay. */
export function pdfPages(pdf: Buffer): readonly string[] {
  const objects = readObjects(pdf);
  const head = (number: string | undefined): string => objects.get(number ?? "")?.head ?? "";
  const pages: string[] = [];
  for (const { head: page } of objects.values()) {
    if (!/\/Type \/Page\b(?!s)/.test(page)) continue;
    const resources = /\/Resources (\d+) 0 R/.exec(page)?.[1];
    const inside = resources === undefined ? page : head(resources);
    const fonts = new Map<string, ReadonlyMap<string, string>>();
    for (const [, name = "", font = ""] of inside.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const unicode = /\/ToUnicode (\d+) 0 R/.exec(head(font))?.[1];
      fonts.set(name, readToUnicode(objects.get(unicode ?? "")?.stream ?? ""));
    }
    const content = /\/Contents (\d+) 0 R/.exec(page)?.[1];
    let font: ReadonlyMap<string, string> = new Map();
    let text = "";
    for (const [, name, hex] of (objects.get(content ?? "")?.stream ?? "").matchAll(
      /\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g,
    )) {
      if (name !== undefined) font = fonts.get(name) ?? new Map();
      else for (const glyph of hex?.toUpperCase().match(/.{4}/g) ?? []) text += font.get(glyph) ?? "\ufffd";
    }
    pages.push(text.replace(/\s/g, ""));
  }
  return pages;
}
