#!/usr/bin/env node
// Starts the program on the Node.js that it is made for. This file runs on older ones too, so it stays plain JavaScript.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split(".").map(Number);
const recent = major > 22 || (major === 22 && minor >= 18);

function pinnedNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(
      folder,
      "node_modules",
      "node",
      "bin",
      process.platform === "win32" ? "node.exe" : "node",
    );
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

if (recent) {
  // Most of a short command's time is compiling; what was compiled once is kept in the temporary folder.
  nodeModule.enableCompileCache?.();
  const main = [join(here, "../src/main.ts"), join(here, "../dist/main.js")].find((file) => existsSync(file));
  const { run } = await import(main);
  await run();
} else {
  const node = pinnedNode();
  if (node === undefined) {
    console.error(
      `countersign needs Node.js 22.18 or later; this is ${process.versions.node}.\n` +
        "  why    the pinned Node.js of the `node` package is not there: install scripts may have been switched off\n" +
        "  next   npm rebuild node, or install Node.js 24 and run this again",
    );
    process.exitCode = 1;
  } else {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: "inherit",
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    child.on("exit", (code, signal) => {
      if (signal === null) process.exitCode = code ?? 1;
      else process.kill(process.pid, signal);
    });
  }
}
