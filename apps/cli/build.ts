/**
 * Makes what is published: one bundle, its content beside it, and a package.json without workspace links. Only the
 * database's binaries, since they differ by platform, and the compiler of PDFs, since it is large, stay dependencies.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { PDF_FONTS } from "../../packages/documents/src/index.ts";
import { buildVerifier } from "../../packages/verify/build.ts";

const root = join(import.meta.dirname, "../..");
const readManifest = (path: string) =>
  JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) as {
    name: string;
    version: string;
    optionalDependencies?: Record<string, string>;
  };

/** @param out the folder that `npm pack` is to be run in; made anew. */
export async function buildPackage(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, "bin"), { recursive: true });
  await build({
    entryPoints: [join(root, "apps/cli/src/main.ts")],
    outfile: join(out, "dist/main.js"),
    bundle: true,
    platform: "node",
    target: "node22.18",
    format: "esm",
    legalComments: "linked",
    // A native client that is used only where somebody installed it.
    external: ["pg-native"],
    // Some of the libraries are CommonJS and ask for built-in modules by `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  const assets = join(out, "dist/assets");
  cpSync(join(root, "catalog"), join(assets, "catalog"), { recursive: true });
  cpSync(join(root, "packages/store/migrations"), join(assets, "migrations"), { recursive: true });
  cpSync(join(root, "docs/for-auditors.md"), join(assets, "for-auditors.md"));
  // Of the fonts' package only what is used, with the licence that must go along.
  const fonts = join(root, "node_modules/dejavu-fonts-ttf");
  for (const file of PDF_FONTS) cpSync(join(fonts, "ttf", file), join(assets, "fonts", file));
  cpSync(join(fonts, "LICENSE"), join(assets, "fonts/LICENSE"));
  cpSync(join(root, "apps/cli/bin/countersign.js"), join(out, "bin/countersign.js"));
  // Beside the product, and not only inside a package: the verifier that an auditor gets from elsewhere.
  await buildVerifier(join(out, "dist"));
  for (const file of ["LICENSE", "README.md"]) cpSync(join(root, file), join(out, file));
  const cli = readManifest("apps/cli");
  const store = readManifest("packages/store");
  const documents = readManifest("packages/documents");
  const manifest = {
    name: cli.name,
    version: cli.version,
    description:
      "Runs an AI company's SOC 2 Type II program and turns its records into evidence that anyone can verify.",
    license: "Apache-2.0",
    type: "module",
    bin: { countersign: "bin/countersign.js", "countersign-verify": "dist/countersign-verify.mjs" },
    files: ["bin", "dist"],
    engines: { node: ">=22.18" },
    optionalDependencies: { ...documents.optionalDependencies, ...store.optionalDependencies },
  };
  writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

if (import.meta.main) {
  const out = process.argv[2] ?? join(import.meta.dirname, "dist/package");
  await buildPackage(out);
  console.log(out);
}
