/**
 * Builds the verifier into one readable file that runs on a plain Node from 20 on, and writes its SHA-256 beside it:
 * `node packages/verify/build.ts [FOLDER]`. The file is published beside the product, so that nobody has to take the
 * verifier out of the package that it verifies.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

export const BUNDLE_NAME = "countersign-verify.mjs";
export const BUNDLE_BYTES_MAX = 200_000;

const BANNER = `#!/usr/bin/env node
// countersign-verify: checks an audit package offline. Apache-2.0. No dependencies, no network, writes nothing.`;

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

export type Bundle = { readonly path: string; readonly size: number; readonly sha256: string };

export async function buildVerifier(folder: string): Promise<Bundle> {
  const path = join(folder, BUNDLE_NAME);
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, "src/main.ts")],
    outfile: path,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // Readable on purpose: an auditor's own people may want to read what they run.
    minify: false,
    legalComments: "none",
    plugins: [pureImports],
    banner: { js: BANNER },
    logLevel: "warning",
  });
  const bytes = readFileSync(path);
  if (bytes.length > BUNDLE_BYTES_MAX)
    throw new Error(`${path} has ${bytes.length} bytes: the bound is ${BUNDLE_BYTES_MAX}`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  // As `sha256sum -c` reads it.
  writeFileSync(`${path}.sha256`, `${sha256}  ${BUNDLE_NAME}\n`);
  return { path, size: bytes.length, sha256 };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const bundle = await buildVerifier(process.argv[2] ?? join(import.meta.dirname, "dist"));
  process.stdout.write(`${bundle.path}  ${bundle.size} bytes  ${bundle.sha256}\n`);
}
