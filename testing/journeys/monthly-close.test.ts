/** The monthly close of the sample company, twelve times in a row, as its people would have done it: with the exports of that time. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { addSampleEvidence } from "../../apps/cli/src/commands/demo.ts";
import { homeAt } from "../../apps/cli/src/home.ts";
import { openSession } from "../../apps/cli/src/session.ts";
import { endOfMonth, monthPlacer, monthsOf, type Month } from "../../packages/assessment/src/index.ts";
import { formatInstant } from "../../packages/kernel/src/index.ts";
import type { MonthClosedBody } from "../../packages/records/src/index.ts";
import { generateSample } from "../../packages/sample/src/index.ts";
import { inProcess, quietEnvironment, quietOutput } from "./in-process.ts";
import { writeCompanyAsOf } from "./sample-as-of.ts";
import { company as whole, setClock, writeCompany } from "./sample-company.ts";
import { newPlace } from "./support.ts";

const HOUR = 3_600_000;
const SAMPLE = "company";
const { from, through, zone } = whole.options;
const window = { from, through, zone };
const months = monthsOf(window);
const isWhole = process.env["COUNTERSIGN_CLOSES"] === "full";
/** With fewer changes, and settings of one resource: what a close does with them is the same, and there are fewer. */
const company = isWhole ? whole : generateSample({ ...whole.options, changes: 60 });
const place = newPlace("closes");
/** For the months between: a process each would take twice as long. */
const between = inProcess(place, SAMPLE);

/** An alert of May that is in May's export and no more in June's. */
const lost = company.records.alerts.find(({ firedAt }) => formatInstant(firedAt).startsWith("2026-05-1"))?.id;

type Answer = { readonly record: string } & MonthClosedBody & {
    readonly details: {
      readonly unread: readonly { source: string }[];
      readonly earlier: readonly { month: string; kind: string; removed: number }[];
    };
  };

/** Three days after the month the exports are taken, people have added their evidence, and it is noon. */
async function liveThrough(month: Month): Promise<void> {
  const exported = endOfMonth(month, zone) + 2 * 24 * HOUR + 6 * HOUR;
  writeCompanyAsOf(company, join(place.folder, SAMPLE), exported, (source, row) =>
    source === "settings-reader"
      ? !isWhole && !row.includes("forge")
      : source === "alerts" && month === months.at(-1) && row[0] === lost,
  );
  const session = await openSession(homeAt(join(place.folder, SAMPLE)), {
    environment: quietEnvironment,
    output: quietOutput,
  });
  try {
    await addSampleEvidence(session, exported);
    session.sampleClock?.advanceTo(exported + 6 * HOUR);
  } finally {
    await session.close();
  }
}

const closes: Answer[] = [];

before(async () => {
  await writeCompany(place, SAMPLE);
  setClock(place, SAMPLE, endOfMonth(months[0] as Month, zone) - 45 * 24 * HOUR);
  await place.keepServer(SAMPLE);
  const last = months.length - 1;
  for (const [index, month] of months.entries()) {
    await liveThrough(month);
    closes.push(
      index === 0 || index === last
        ? await place.json<Answer>("close", "--workspace", SAMPLE)
        : await between.json<Answer>("close"),
    );
  }
});
after(() => place.remove());

test("twelve months are closed one after the other, with no option and nothing to mend", async () => {
  assert.deepEqual(
    closes.map(({ month }) => month),
    months.map(({ id }) => id),
  );
  // In February somebody types a day that there is not: from then on the read of that list is a partial one, and is told.
  assert.deepEqual(
    closes.map(({ details }) => details.unread.map(({ source }) => source).join()),
    months.map(({ id }) => (id < "2026-02" ? "" : "asset-retirements")),
  );
  const listed = await place.json<{ state: string }[]>("close", "list", "--workspace", SAMPLE);
  assert.deepEqual(
    listed.map(({ state }) => state),
    months.map(() => "closed"),
  );
  const checked = await place.run("fsck", "--workspace", SAMPLE);
  assert.equal(checked.status, 0, checked.stdout);
});

test("what the months counted adds up to the year, month by month as it happened", () => {
  const place_ = monthPlacer(months, zone);
  const { alerts, backups, deploys, sessions, changes } = company.records;
  const happened: { readonly [kind: string]: readonly number[] } = {
    alert: alerts.map(({ firedAt }) => firedAt),
    backup: backups.map(({ startedAt }) => startedAt),
    deploy: deploys.map(({ deployedAt }) => deployedAt),
    session: sessions.map(({ startedAt }) => startedAt),
    change: changes.map(({ mergedAt }) => mergedAt),
  };
  for (const [kind, times] of Object.entries(happened)) {
    const expected = months.map(({ id }) => times.filter((at) => place_(at)?.id === id).length);
    const counted = closes.map(({ populations }) => populations.find((each) => each.kind === kind)?.count);
    assert.deepEqual(counted, expected, kind);
    assert.ok(expected.reduce((sum, count) => sum + count, 0) > 12, kind);
  }
});

test("a row of May that is gone from June's export is named in June's close", async () => {
  assert.ok(lost !== undefined);
  const gone = closes.map(({ details }) =>
    details.earlier
      .filter(({ removed }) => removed > 0)
      .map(({ month, kind, removed }) => ({ month, kind, removed })),
  );
  assert.deepEqual(gone.slice(0, -1).flat(), []);
  assert.deepEqual(gone.at(-1), [{ month: "2026-05", kind: "alert", removed: 1 }]);
  const shown = await place.run("close", "show", "2026-06", "--workspace", SAMPLE);
  assert.match(
    shown.stdout,
    new RegExp(`changed +2026-05, alerts: 0 added, 1 removed, \\d+ changed[^]*?removed +${lost}`),
  );
});
