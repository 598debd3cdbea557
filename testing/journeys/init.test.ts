/** A first program from questions: from a file of answers, and by a person at a terminal who goes away and comes back. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newPlace, root, type Place } from "./support.ts";

const launcher = join(root, "apps/cli/bin/countersign.js");
const noTerminal =
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true
    ? false
    : "script of util-linux, which gives a command a terminal, is not here";

let place: Place;
before(() => {
  place = newPlace("init");
});
after(() => place.remove());

/** A real terminal, in which lines are typed one after another, each once something is asked. */
function typed(
  home: string,
  lines: readonly string[],
): Promise<{ readonly status: number | null; readonly shown: string }> {
  return new Promise((resolve) => {
    const command = [process.execPath, launcher, "init", "-w", home].map((each) => `'${each}'`).join(" ");
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      cwd: place.folder,
      env: { ...process.env, NO_COLOR: "1", TERM: "dumb" },
    });
    let shown = "";
    let sent = 0;
    child.stdout.on("data", (text: Buffer) => {
      shown += text.toString();
      const asked = shown.split("     > ").length - 1;
      while (sent < asked && sent < lines.length) child.stdin.write(lines[sent++] ?? "");
    });
    child.on("close", (status) => {
      resolve({ status, shown });
    });
  });
}

const window = "2026-01-01 2026-12-31 Europe/Berlin";

test("a file of answers gives a program, with what is not known left open and named", async () => {
  place.write(
    "answers.json",
    JSON.stringify({
      company: "Acme Models",
      window,
      clouds: "Example Cloud",
      providers: "First, Second",
      owner: null,
    }),
  );
  const answer = await place.run("init", "-w", "filed", "--answers", "answers.json", "--no-input");
  assert.equal(answer.status, 0, answer.stderr);
  assert.match(
    answer.stdout,
    /not known yet: services, promises, report, training, stores, code, identity, owner/,
  );
  assert.match(
    place.read("filed/countersign/program.yaml"),
    /^organization: \{ id: acme-models, name: Acme Models \}$/m,
  );
  assert.ok(existsSync(join(place.folder, "filed/countersign/schema/vendors.schema.json")));
  const again = await place.refused("init", "-w", "filed", "--answers", "answers.json", "--no-input");
  assert.match(again, /there is a program here already/);
});

test("answers that are none are refused with the question and an example, and nothing is written", async () => {
  place.write("bad.json", JSON.stringify({ company: "Acme", window, services: "toaster" }));
  const refused = await place.refused("init", "-w", "bad", "--answers", "bad.json", "--no-input");
  assert.match(refused, /services: "toaster" is none of api/);
  place.write("bad.json", JSON.stringify({ company: "Acme" }));
  assert.match(
    await place.refused("init", "-w", "bad", "--answers", "bad.json", "--no-input"),
    /window: it cannot be left open/,
  );
  place.write("bad.json", JSON.stringify({ colour: "blue" }));
  assert.match(
    await place.refused("init", "-w", "bad", "--answers", "bad.json", "--no-input"),
    /there is no question `colour`/,
  );
  assert.ok(!existsSync(join(place.folder, "bad/countersign")));
});

test(
  "whoever is asked and presses Ctrl-C goes on later where they stopped",
  { skip: noTerminal },
  async () => {
    const first = await typed("asked", ["Acme\r", "soon\r", "\r", `${window}\r`, "api\r", "\u0003"]);
    assert.equal(first.status, 1, first.shown);
    // What is no answer, and what cannot be left open, is asked again.
    assert.match(first.shown, /cannot be left open/);
    assert.match(first.shown, /what was answered is kept in asked\/\.countersign\/init-answers\.json/);
    assert.deepEqual(JSON.parse(place.read("asked/.countersign/init-answers.json")), {
      company: "Acme",
      window,
      services: "api",
    });
    assert.ok(!existsSync(join(place.folder, "asked/countersign/program.yaml")));

    const second = await typed("asked", [
      "uptime sla\r",
      "don't know\r",
      "Example Cloud\r",
      "First, Second\r",
      "no\r",
      "prompt-log 30\r",
      "\r",
      "\r",
      "Ada Example ada@acme.example\r",
    ]);
    assert.equal(second.status, 0, second.shown);
    assert.match(second.shown, /12 questions, 3 of them answered before/);
    assert.match(second.shown, /not known yet: report, code, identity/);
    assert.match(place.read("asked/countersign/service.yaml"), /about: availability/);
    assert.match(place.read("asked/countersign/people.yaml"), /name: Ada Example/);
    assert.ok(!existsSync(join(place.folder, "asked/.countersign/init-answers.json")));
  },
);
