/** A squash-merging team's history joined with its saved reviews: every change explained from the raw bytes of both. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Summary } from "../../packages/assessment/src/index.ts";
import { makeTeam, teamPeople, teamSources, type Made } from "./squash-team.ts";
import { fixtures, newPlace, type Place } from "./support.ts";

const home = ["--workspace", "company"] as const;
const LABELS = [
  "approved by another person",
  "approved before the merge",
  "approval covers what merged",
  "checks passed",
] as const;
let place: Place;
let made: Made;
/** What explain said of each change, by its title. */
const explained = new Map<string, string>();

before(async () => {
  place = newPlace("reviews");
  const window = ["--from", "2026-04-01", "--through", "2026-06-30"];
  assert.equal((await place.run("init", ...window, "--name", "Team", ...home)).status, 0);
  await place.keepServer("company");
  made = makeTeam(place.folder, (json) => place.write("company/exports/pulls.json", json));
  place.write("company/countersign/sources.yaml", teamSources);
  place.write("company/countersign/people.yaml", teamPeople);
  assert.equal((await place.run("collect", ...home)).status, 0);
});
after(() => place.remove());

test("each change reads as its story says, and no other deviates", async () => {
  const { summary } = await place.json<{ summary: Summary }>("assess", ...home);
  const activity = summary.controls.find((each) => each.id === "CHG-01")?.activities[0];
  assert.equal(activity?.expected, made.stories.length);
  const count = (i: number) => made.stories.filter(({ expected }) => expected[i] === "operated").length;
  assert.deepEqual(
    activity?.attributes.map(({ operated, deviated, unknown }) => [operated, deviated, unknown]),
    LABELS.map((_, i) => [count(i), made.stories.length - count(i), 0]),
  );
  const deviated = made.stories.filter(({ expected }) => expected.some((words) => words !== "operated"));
  assert.deepEqual(
    new Set(summary.deviations.map((each) => each.occurrence)),
    new Set(deviated.map((each) => each.revision)),
  );
});

test("explain gives each attribute with its cause, and the bytes of the commit and of the pull request", async () => {
  for (const story of made.stories) {
    const { stdout, status } = await place.run("explain", story.revision.slice(0, 12), ...home);
    assert.equal(status, 0, story.title);
    explained.set(story.title, stdout);
    LABELS.forEach((label, i) => {
      const words = story.expected[i] ?? "";
      const expected = words === "operated" ? "operated" : `deviated: ${words}`;
      assert.ok(stdout.includes(`  ${label}: ${expected}\n`), `${story.title}: ${label}\n${stdout}`);
    });
    assert.ok(
      stdout.includes(`  | author ${story.author.email.split("@")[0]} <${story.author.email}>`),
      story.title,
    );
    assert.ok(stdout.includes(`  | ${story.title}`), story.title);
    if (story.pull === undefined) {
      assert.match(stdout, /direct +true/);
      assert.doesNotMatch(stdout, /raw bytes {2}pulls\.json/);
      continue;
    }
    assert.match(stdout, /raw bytes {2}pulls\.json, \d+ bytes from offset \d+/);
    assert.ok(stdout.includes(`"number": ${story.number},`), story.title);
    for (const review of story.pull.reviews)
      assert.ok(
        stdout.includes(`"submittedAt": "${review.at}"`) && stdout.includes(`"state": "${review.state}"`),
      );
  }
});

test("the second account is shown as the one person, and what was dismissed stays visible", () => {
  const of = (words: string) => [...explained].find(([title]) => title.includes(words))?.[1] ?? "";
  assert.match(of("other account"), /^ {2}approvals +at .*person Ada Lime \(p_/m);
  const dismissed = of("was dismissed");
  assert.match(dismissed, /^ {2}approvals +none/m);
  assert.match(dismissed, /dismissedApprovals +.*person Bo Mint/);
  assert.match(of("only a bot"), /^ {2}approvals +at .*bot true, person /m);
});

test("without the second account in people.yaml it is another person's approval, and adding it corrects the finding", async () => {
  const story = made.stories.find(({ title }) => title.includes("other account"));
  const operated = async () => {
    assert.equal((await place.run("collect", ...home)).status, 0);
    assert.equal((await place.run("assess", ...home)).status, 0);
    const { stdout } = await place.run("explain", story?.revision ?? "", ...home);
    return /approved by another person: (\w+)/.exec(stdout)?.[1];
  };
  place.write("company/countersign/people.yaml", teamPeople.replace(', "github:ada-private"', ""));
  assert.equal(await operated(), "operated");
  place.write("company/countersign/people.yaml", teamPeople);
  assert.equal(await operated(), "deviated");
});

test("the join names the change that no pull request knows, and a pull request of another branch is set aside", async () => {
  const { stdout } = await place.run("population", "reconcile", "history", "reviews", ...home);
  const direct = made.stories.find(({ pull }) => pull === undefined);
  assert.match(stdout, /history 10 and reviews 9 on revision: 9 matched, 1 differences/);
  assert.ok(stdout.includes(`only in history  ${direct?.revision}`));
  const shown = await place.run("population", "show", "reviews", ...home);
  assert.match(shown.stdout, /set aside .*90.*next/);
});

const webhooks = join(fixtures, "connectors/github/webhooks-examples/deployment.json");

test(
  "deployments out of real webhook bodies are collected and explained with their bytes",
  { skip: existsSync(webhooks) ? false : "the shared fixtures are not beside this checkout" },
  async () => {
    const window = ["--from", "2019-05-01", "--through", "2019-05-31"];
    const hooks = ["--workspace", "hooks"];
    assert.equal((await place.run("init", ...window, "--name", "Hooks", ...hooks)).status, 0);
    place.write(
      "hooks/countersign/sources.yaml",
      `sources:\n  - { id: deployments, connector: github, provides: deploy, files: ["${webhooks}"] }\n`,
    );
    const collected = await place.run("collect", ...hooks);
    assert.equal(collected.status, 0, collected.stderr);
    const shown = await place.run("population", "show", "deployments", "--items", ...hooks);
    assert.match(
      shown.stdout,
      /extraction {4}partial: 3 values of the files could not be read as what the source provides/,
    );
    const id = /"item":.*"id":"([^"]+)"/.exec(shown.stdout)?.[1] ?? "";
    assert.equal((await place.run("assess", ...hooks)).status, 0);
    const { stdout } = await place.run("explain", id, ...hooks);
    assert.match(stdout, /^CHG-02 .*: unknown/);
    assert.match(stdout, /GitHub does not say which deployments were an emergency/);
    assert.match(
      stdout,
      /raw bytes {2}deployment\.json[^]*"sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"/,
    );
  },
);
