/** The page around the verifier: takes the package and what the reader kept, and shows the verdict in words. */
import type { Answer, Request } from "../src/standalone/worker.ts";
import type { PackageVerdict } from "../src/verdict.ts";
import { factsOf } from "./facts.ts";

function byId<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  // What each id is stands in page.html.
  return found as Kind;
}

const form = byId<HTMLFormElement>("form");
const drop = byId("drop");
const packageInput = byId<HTMLInputElement>("package");
const button = byId<HTMLButtonElement>("check");
const status = byId("status");
const result = byId("result");

/** The verifier without its first line, which is for a shell, and with names of its own, as in a module. */
const verifier = byId("verifier").textContent.replace(/^#![^\n]*/, "");
const workerUrl = URL.createObjectURL(new Blob([`(() => {${verifier}\n})();`], { type: "text/javascript" }));

async function requestOf(file: File): Promise<Request> {
  const logKey = byId<HTMLInputElement>("log-key").value.trim();
  const attestationKey = byId<HTMLInputElement>("attestation-key").value.trim();
  const older = [...(byId<HTMLInputElement>("since").files ?? [])];
  const since = await Promise.all(older.map(async (each) => ({ name: each.name, note: await each.text() })));
  const given = {
    ...(logKey === "" ? {} : { logKey }),
    ...(attestationKey === "" ? {} : { attestationKey }),
  };
  return { file, options: { since, ...given } };
}

/** One worker a check: what a broken package does to it ends with it. */
function ask(request: Request, onProgress: (hundredths: number) => void): Promise<PackageVerdict> {
  const worker = new Worker(workerUrl);
  return new Promise<PackageVerdict>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ("verdict" in data) resolve(data.verdict);
      else if ("error" in data) reject(new Error(data.error));
      else onProgress(data.progress);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

async function check(file: File): Promise<void> {
  result.hidden = true;
  button.disabled = true;
  status.textContent = `Reading ${file.name} …`;
  let told = 0;
  try {
    const verdict = await ask(await requestOf(file), (hundredths) => {
      // A screen reader says each change: every tenth is enough.
      if (hundredths < told + 10) return;
      told = hundredths;
      status.textContent = `Reading ${file.name} … ${hundredths} of 100`;
    });
    status.textContent = "";
    show(file.name, verdict);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    status.textContent = `${file.name} could not be checked: ${why}`;
  } finally {
    button.disabled = false;
  }
}

function element(name: string, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  // Text only, never markup: what a package says is a stranger's.
  made.append(...children);
  return made;
}

function list(title: string, entries: readonly string[]): Node[] {
  if (entries.length === 0) return [];
  return [element("h3", title), element("ul", ...entries.map((entry) => element("li", entry)))];
}

function show(name: string, verdict: PackageVerdict): void {
  const word = element("h2", verdict.intact ? `Intact: ${name}` : `Not intact: ${name}`);
  word.id = "word";
  word.tabIndex = -1;
  const facts = factsOf(verdict.facts).flatMap(([term, value]) => [
    element("dt", term),
    element("dd", value),
  ]);
  const save = document.createElement("a");
  save.textContent = "Save the whole verdict as JSON";
  save.download = `${name}.verdict.json`;
  const json = `${JSON.stringify(verdict, null, 2)}\n`;
  save.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  const faults = verdict.faults.map((fault) => `${fault.where}: ${fault.message} [${fault.code}]`);
  result.replaceChildren(
    word,
    ...list("Faults", faults),
    ...list("This shows", verdict.shows),
    ...list("This does not show", verdict.doesNotShow),
    element("h3", "What the package says of itself"),
    element("dl", ...facts),
    element("p", save),
  );
  result.hidden = false;
  word.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const file = packageInput.files?.[0];
  if (file !== undefined) void check(file);
});
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const { files } = event.dataTransfer ?? {};
  if (files === undefined || files.length === 0) return;
  packageInput.files = files;
  form.requestSubmit();
});
