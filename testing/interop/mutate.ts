/** Damages a tiled log in one way, from a seed. Some of what comes out is still whole: a verifier has to see that, too. */
import type { TiledFiles } from "../../packages/ledger/src/testing/tiled.ts";

/** A whole number from 0 up to and not including the bound: `below` of Choices. */
export type Pick = (bound: number) => number;

type Mutation = (files: TiledFiles, pick: Pick) => void;

const one = <T>(list: readonly T[], pick: Pick): T => list[pick(list.length)]!; // lists are not empty

const anyPath = (files: TiledFiles, pick: Pick): string => one([...files.keys()], pick);

function change(files: TiledFiles, path: string, edit: (bytes: Buffer) => Buffer): void {
  files.set(path, edit(Buffer.from(files.get(path) ?? "")));
}

/** Bytes without [from, to), with something in its place. */
const splice = (bytes: Buffer, from: number, to: number, put: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);

function inText(files: TiledFiles, edit: (text: string) => string): void {
  change(files, "checkpoint", (bytes) => Buffer.from(edit(bytes.toString("utf8"))));
}

function linesOf(files: TiledFiles, edit: (lines: string[]) => string[]): void {
  inText(files, (text) => edit(text.split("\n")).join("\n"));
}

export const mutations: { readonly [name: string]: Mutation } = {
  nothing: () => undefined,
  "flip a bit": (files, pick) =>
    change(files, anyPath(files, pick), (bytes) => {
      if (bytes.length > 0) bytes[pick(bytes.length)]! ^= 1 << pick(8);
      return bytes;
    }),
  "drop a file": (files, pick) => void files.delete(anyPath(files, pick)),
  "empty a file": (files, pick) => void files.set(anyPath(files, pick), Buffer.alloc(0)),
  "cut a file off": (files, pick) =>
    change(files, anyPath(files, pick), (bytes) => bytes.subarray(0, pick(bytes.length))),
  "add to a file": (files, pick) =>
    change(files, anyPath(files, pick), (bytes) =>
      Buffer.concat([bytes, Buffer.alloc(1 + pick(40), pick(256))]),
    ),
  "double a part": (files, pick) =>
    change(files, anyPath(files, pick), (bytes) => {
      const from = pick(bytes.length + 1);
      return splice(bytes, from, from, bytes.subarray(from, from + 1 + pick(40)));
    }),
  "drop a part": (files, pick) =>
    change(files, anyPath(files, pick), (bytes) => {
      const from = pick(bytes.length + 1);
      return splice(bytes, from, Math.min(bytes.length, from + 1 + pick(40)));
    }),
  "swap two hashes": (files, pick) => {
    const path = one([...files.keys()].filter((each) => /^tile\/\d/.test(each)).concat("checkpoint"), pick);
    change(files, path, (bytes) => {
      const [a, b] = [pick(bytes.length >> 5 || 1) * 32, pick(bytes.length >> 5 || 1) * 32];
      const copy = Buffer.from(bytes);
      bytes.copy(copy, a, b, b + 32);
      bytes.copy(copy, b, a, a + 32);
      return copy;
    });
  },
  "swap two files": (files, pick) => {
    const [a, b] = [anyPath(files, pick), anyPath(files, pick)];
    const [x, y] = [files.get(a)!, files.get(b)!]; // both paths are of the map
    files.set(a, y).set(b, x);
  },
  "copy a file": (files, pick) => void files.set(anyPath(files, pick), files.get(anyPath(files, pick))!),
  "rename a file": (files, pick) => {
    const path = anyPath(files, pick);
    const name = one(
      [
        `${path}.p/1`,
        path.replace(/\.p\/\d+$/, ""),
        path.replace("000", "001"),
        `${path}x`,
        path.replace("tile", "Tile"),
      ],
      pick,
    );
    const bytes = files.get(path)!; // of the map
    files.delete(path);
    files.set(name, bytes);
  },
  "leave an old partial file": (files, pick) => {
    const path = one([...files.keys()].filter((each) => each.startsWith("tile/")).concat("tile/0/000"), pick);
    const bytes = files.get(path) ?? Buffer.alloc(64);
    const width = 1 + pick(255);
    const spoil = pick(3) === 0 ? pick(width * 32) : -1;
    const part = Buffer.from(bytes.subarray(0, width * 32));
    if (spoil >= 0 && spoil < part.length) part[spoil]! ^= 1;
    files.set(`${path.replace(/\.p\/\d+$/, "")}.p/${width}`, part);
  },
  "add a file": (files, pick) =>
    void files.set(
      one(
        ["readme", "tile/0/001", "tile/1/000.p/1", "tile/entries/001", "tile/0/000.p/0", "checkpoint.old"],
        pick,
      ),
      Buffer.alloc(pick(64)),
    ),
  "edit the checkpoint's lines": (files, pick) =>
    linesOf(files, (lines) => {
      const at = pick(lines.length);
      const edits = [
        () => lines.toSpliced(at, 1),
        () => lines.toSpliced(at, 0, lines[at] ?? ""),
        () => lines.toSpliced(at, 0, ""),
        () => lines.with(at, `${lines[at] ?? ""} `),
        () => lines.with(at, `${lines[at] ?? ""}\r`),
        () => lines.with(at, ` ${lines[at] ?? ""}`),
        () => lines.with(at, lines[pick(lines.length)] ?? ""),
      ];
      return one(edits, pick)();
    }),
  "edit the size": (files, pick) =>
    linesOf(files, (lines) =>
      lines.toSpliced(
        1,
        1,
        one(["0", "01", "+1", "1e3", "", "-1", "18446744073709551616", "300", String(pick(400))], pick),
      ),
    ),
  "edit a signature": (files, pick) =>
    linesOf(files, (lines) => {
      const at = one([...lines.keys()].filter((i) => lines[i]?.startsWith("— ")).concat(0), pick);
      const line = lines[at] ?? "";
      const bytes = Buffer.from(line.split(" ")[2] ?? "", "base64");
      const spoiled = Buffer.from(bytes);
      if (spoiled.length > 0) spoiled[pick(spoiled.length)]! ^= 1 << pick(8);
      const other = `— ${line.split(" ")[1] ?? ""} ${spoiled.toString("base64")}`;
      const edits = [
        () => lines.with(at, other),
        () => lines.toSpliced(at, 0, other),
        () => lines.toSpliced(at + 1, 0, other),
        () => lines.with(at, line.replace(/=$/, "")),
        () =>
          lines.with(
            at,
            line.replace(/[A-Za-z]=$/, (end) => `${String.fromCharCode(end.charCodeAt(0) ^ 1)}=`),
          ),
        () => lines.with(at, line.replace("— ", "—\u00a0")),
        () => lines.with(at, line.replace(/ (\S+) /, " $1+ ")),
        () => lines.toSpliced(at, 0, ...Array.from({ length: 99 }, () => line.replace(/ \S+ /, " other "))),
      ];
      return one(edits, pick)();
    }),
  "change an entry": (files, pick) => {
    const path = one(
      [...files.keys()].filter((each) => each.startsWith("tile/entries/")).concat("checkpoint"),
      pick,
    );
    change(files, path, (bytes) => {
      const edits = [
        () => Buffer.concat([bytes, Buffer.from([0, 0])]),
        () => Buffer.concat([Buffer.from([0, 0]), bytes]),
        () => splice(bytes, 0, 2 + bytes.readUInt16BE(0)),
        () => Buffer.concat([bytes, bytes.subarray(0, 2 + bytes.readUInt16BE(0))]),
      ];
      return bytes.length < 2 ? bytes : one(edits, pick)();
    });
  },
};

const names = Object.keys(mutations);

export type Mutated = { readonly files: TiledFiles; readonly how: string };

/** One mutation, sometimes two or three. */
export function mutated(log: TiledFiles, pick: Pick): Mutated {
  const files = new Map(log);
  const how: string[] = [];
  for (let more = 1 + (pick(4) === 0 ? 1 + pick(2) : 0); more > 0; more--) {
    const name = one(names, pick);
    if (files.size === 0) break;
    mutations[name]?.(files, pick);
    how.push(name);
  }
  return { files, how: how.join(", ") };
}
