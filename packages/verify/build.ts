/**
 * Builds the verifier into one readable file that runs on a plain Node from 20.16 on and in a page, and the page that
 * holds it, each with its SHA-256 beside it: `node packages/verify/build.ts [FOLDER]`. They are published beside the
 * product, so that nobody has to take the verifier out of the package that it verifies.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { build, transform, type Plugin } from "esbuild";
import { pageOf } from "./page/build-page.ts";

export const BUNDLE_NAME = "countersign-verify.mjs";
export const PAGE_NAME = "countersign-verify.html";
export const BUNDLE_BYTES_MAX = 200_000;

const BANNER = `#!/usr/bin/env node
// countersign-verify: checks an audit package offline. Apache-2.0. No dependencies, no network, writes nothing.
"use strict";`;

const standalone = join(import.meta.dirname, "src/standalone");

const DIGESTS = join(standalone, "digests.ts");

/** What stands in for Node's own modules: on Node it hands them through. */
const standIns: { readonly [module: string]: string } = {
  "node:crypto": join(standalone, "node-crypto.ts"),
  "node:zlib": join(standalone, "node-zlib.ts"),
  "node:fs": join(standalone, "node-only.ts"),
  "node:util": join(standalone, "node-only.ts"),
};

const nodeModules: Plugin = {
  name: "node-modules",
  setup(setup) {
    setup.onResolve({ filter: /^node:/ }, ({ path }) => {
      const standIn = standIns[path];
      if (standIn !== undefined) return { path: standIn };
      return { errors: [{ text: `${path} has no stand-in for a page` }] };
    });
  },
};

/** The pure packages do nothing when they are imported, so that what the verifier does not use stays out of the file. */
const pureImports: Plugin = {
  name: "pure-imports",
  setup(setup) {
    setup.onResolve(
      { filter: /^(?:@countersign\/|\.)/ },
      async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === pureImports) return undefined;
        const found = await setup.resolve(path, { importer, kind, resolveDir, pluginData: pureImports });
        return { ...found, sideEffects: false };
      },
    );
  },
};

/**
 * Only ours is meant to be read. The digests are somebody else's: they stand before it as one small function, which is
 * called in a page only.
 */
async function digests(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [DIGESTS],
    bundle: true,
    write: false,
    minify: true,
    target: "es2022",
    format: "iife",
    globalName: "digests",
    legalComments: "none",
  });
  const home = dirname(createRequire(DIGESTS).resolve("@noble/hashes/utils.js"));
  const licence = readFileSync(join(home, "LICENSE"), "utf8").trimEnd();
  const code = outputFiles[0]?.text.trimEnd() ?? "";
  return `/* @noble/hashes\n\n${licence}\n*/\nfunction countersignDigests() {\n${code}\nreturn digests.loadDigests();\n}`;
}

const digestsInFront: Plugin = {
  name: "digests-in-front",
  setup(setup) {
    setup.onLoad({ filter: /\.ts$/ }, ({ path }) =>
      path === DIGESTS ? { contents: "export const loadDigests = () => countersignDigests();" } : undefined,
    );
  },
};

export type Bundle = { readonly path: string; readonly size: number; readonly sha256: string };

/** @returns the file; its page stands beside it. */
export async function buildVerifier(folder: string): Promise<Bundle> {
  const path = join(folder, BUNDLE_NAME);
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: [join(standalone, "entry.ts")],
    write: false,
    bundle: true,
    platform: "neutral",
    target: ["node20", "es2022"],
    // No imports and no exports: a module for Node and for a page, and the inside of a function for a worker.
    format: "esm",
    // Readable on purpose: an auditor's own people may want to read what they run.
    minify: false,
    // Shorter forms of the same statements; names stay, and lines.
    minifySyntax: true,
    charset: "utf8",
    legalComments: "none",
    inject: [join(standalone, "buffer.ts")],
    plugins: [nodeModules, digestsInFront, pureImports],
    logLevel: "warning",
  });
  // Each part's heading names its file, without what all of them begin with; marks for other bundlers say nothing here.
  const code = (outputFiles[0]?.text ?? "")
    .replaceAll(/^\/\/ packages\/([\w-]+)\/src\//gm, "// $1/")
    .replaceAll("/* @__PURE__ */ ", "");
  const ours = await shortened(code);
  const bytes = Buffer.from(`${BANNER}\n${await digests()}\n${ours}`);
  writeFileSync(path, bytes);
  if (bytes.length > BUNDLE_BYTES_MAX)
    throw new Error(`${path} has ${bytes.length} bytes: the bound is ${BUNDLE_BYTES_MAX}`);
  const sha256 = writeDigest(path, BUNDLE_NAME, bytes);
  const page = Buffer.from(await pageOf(bytes.toString("utf8"), sha256));
  writeFileSync(join(folder, PAGE_NAME), page);
  writeDigest(join(folder, PAGE_NAME), PAGE_NAME, page);
  return { path, size: bytes.length, sha256 };
}

/**
 * Two blanks for an indent cost 5 KB, and the comments inside classes, the only ones that the bundler keeps, 4 KB.
 * @throws where a line of a text over several lines was taken for either: then it would be another program.
 */
async function shortened(code: string): Promise<string> {
  const short = code
    .replaceAll(/^ *\/\*\*.*\n(?: *\*.*\n)*/gm, "")
    .replaceAll(/^(?: {2})+/gm, (blanks) => "\t".repeat(blanks.length / 2));
  const meaning = async (text: string) => (await transform(text, { minifyWhitespace: true })).code;
  if ((await meaning(short)) !== (await meaning(code)))
    throw new Error("a text over several lines is indented, or looks like a comment");
  return short;
}

/** As `sha256sum -c` reads it. */
function writeDigest(path: string, name: string, bytes: Buffer): string {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(`${path}.sha256`, `${sha256}  ${name}\n`);
  return sha256;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const bundle = await buildVerifier(process.argv[2] ?? join(import.meta.dirname, "dist"));
  process.stdout.write(`${bundle.path}  ${bundle.size} bytes  ${bundle.sha256}\n`);
}
