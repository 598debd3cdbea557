/** Procedures over the folder of a made-up company: written, edited by people, and recorded with the program. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newPlace, type Place } from "../journeys/support.ts";
import { readProfile } from "./profiles.ts";

let place: Place;
const on = ["--on", readProfile("llm-api").day];
const PAGE = "countersign/procedures/CHG-01.md";
const text = (path: string) => readFileSync(join(place.folder, path), "utf8");

before(async () => {
  place = newPlace("procedures");
  cpSync(join(import.meta.dirname, "llm-api/countersign"), join(place.folder, "countersign"), {
    recursive: true,
  });
  assert.equal((await place.run("init", "--update-lock")).status, 0);
});
after(() => place.remove());

type Listed = {
  readonly procedures: readonly { readonly control: string; readonly state: string }[];
  readonly ofNoControl: readonly string[];
};

test("what people write around a page stays when the program changes, and the list says which page is behind", async () => {
  const written = await place.run("procedure", "write", "CHG-01", "GOV-02", ...on);
  assert.match(
    written.stdout,
    /^countersign\/procedures\/CHG-01\.md {2}written, 3 missing\n.*\nnext {3}countersign plan\n$/,
  );
  const mine = "\ufeffFor the on-call engineer:\r\n\r\n";
  place.write(PAGE, `${mine}${text(PAGE)}\nAsk Bo while Ada is away.\n`);
  place.write("countersign/controls/CHG-01.yaml", "id: CHG-01\nownerRole: lead of the platform team\n");
  place.write("countersign/procedures/OLD-01.md", "Of a control that is gone.\n");
  const { procedures, ofNoControl } = await place.json<Listed>("procedure", "list", ...on);
  const states = Object.fromEntries(procedures.map(({ control, state }) => [control, state]));
  assert.deepEqual(
    [states["CHG-01"], states["CHG-02"], states["GOV-02"]],
    ["out-of-date", "absent", "current"],
  );
  assert.deepEqual(ofNoControl, ["countersign/procedures/OLD-01.md"]);
  assert.equal((await place.run("procedure", "write", "CHG-01", ...on)).status, 0);
  assert.ok(text(PAGE).startsWith(`${mine}<!--`) && text(PAGE).endsWith("\n\nAsk Bo while Ada is away.\n"));
  const shown = await place.run("procedure", "show", "CHG-01", ...on);
  assert.match(shown.stdout, /Owner: lead of the platform team/);
  assert.ok(text(PAGE).includes(shown.stdout), "the file holds what is shown");
});

test("one page that was edited inside, or is no text, is refused, and nothing of any control is written then", async () => {
  const before = text(PAGE).replace("Open a pull request", "Push to main");
  place.write(PAGE, before);
  const refused = await place.run("procedure", "write", "--all", ...on);
  assert.equal(refused.status, 1);
  assert.match(
    refused.stderr,
    /edited between its two marks\n {2}where {2}countersign\/procedures\/CHG-01\.md:3\n/,
  );
  assert.equal(text(PAGE), before);
  assert.ok(!existsSync(join(place.folder, "countersign/procedures/CHG-02.md")));
  place.write("countersign/procedures/GOV-02.md", Buffer.from([0x4d, 0xff, 0xfe]));
  const noText = await place.run("procedure", "write", "GOV-02", ...on);
  assert.equal(noText.status, 1);
  assert.match(noText.stderr, /a procedure is not text in UTF-8/);
  assert.ok(!existsSync(join(place.folder, ".countersign")), "no workspace was opened");
});
