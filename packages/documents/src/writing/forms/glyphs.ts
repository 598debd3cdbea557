/** Which characters a font has a shape for, so that none is printed as an empty box. OpenType 1.9, table `cmap`. */

const DEFAULT_IGNORABLE = /^\p{Default_Ignorable_Code_Point}$/u;

/** @throws RangeError on a file that is no TrueType or OpenType font, or has no Unicode character map. */
export function glyphsOf(font: Uint8Array): (codePoint: number) => boolean {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const cmap = tableOf(view, "cmap");
  const maps = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => {
    const record = cmap + 4 + 8 * index;
    return { platform: view.getUint16(record), at: cmap + view.getUint32(record + 4) };
  }).filter(({ platform, at }) => (platform === 0 || platform === 3) && [4, 12].includes(view.getUint16(at)));
  if (maps.length === 0) throw new RangeError("the font has no character map of Unicode");
  const found = new Set<number>();
  for (const { at } of maps)
    view.getUint16(at) === 4 ? readSegments(view, at, found) : readGroups(view, at, found);
  return (codePoint) => found.has(codePoint);
}

function tableOf(view: DataView, tag: string): number {
  const count = view.getUint16(4);
  for (let index = 0; index < count; index++) {
    const record = 12 + 16 * index;
    const name = String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(record + n)));
    if (name === tag) return view.getUint32(record + 8);
  }
  throw new RangeError(`the font has no table ${tag}`);
}

/** Format 4: segments of the basic plane. */
function readSegments(view: DataView, at: number, found: Set<number>): void {
  const twice = view.getUint16(at + 6);
  const ends = at + 14;
  const starts = ends + twice + 2;
  const deltas = starts + twice;
  const offsets = deltas + twice;
  for (let n = 0; n < twice; n += 2) {
    const start = view.getUint16(starts + n);
    const end = view.getUint16(ends + n);
    const offset = view.getUint16(offsets + n);
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const stored = offset === 0 ? code : view.getUint16(offsets + n + offset + 2 * (code - start));
      const glyph = offset !== 0 && stored === 0 ? 0 : (stored + view.getUint16(deltas + n)) & 0xffff;
      if (glyph !== 0) found.add(code);
    }
  }
}

/** Format 12: groups of all planes. */
function readGroups(view: DataView, at: number, found: Set<number>): void {
  const count = view.getUint32(at + 12);
  for (let n = 0; n < count; n++) {
    const group = at + 16 + 12 * n;
    const start = view.getUint32(group);
    const end = Math.min(view.getUint32(group + 4), 0x10ffff);
    const glyph = view.getUint32(group + 8);
    for (let code = start; code <= end; code++) if (glyph + code - start !== 0) found.add(code);
  }
}

/** "[U+4E2D]" for what none of the fonts has a shape for. Line breaks, and what shows nothing by itself, stay. */
export function withShapes(text: string, has: (codePoint: number) => boolean): string {
  let shown = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const kept = character === "\n" || character === "\t" || has(code) || DEFAULT_IGNORABLE.test(character);
    shown += kept ? character : `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  }
  return shown;
}
