/** The package of N changes: made once, verified several times. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { alternately, task, timeOf, type Time } from "../harness/run-task.ts";
import { times, whole, type Table } from "../harness/table.ts";
import type { Prepared } from "../world/prepared.ts";
import { RATIO_FROM } from "./census.ts";

const RATIO_MAX = 2.5;
const PEAK_MAX_MIB = 300e6 / 2 ** 20;

export function packages(table: Table, { size, home }: Prepared, runs: number): void {
  const words = `package of ${whole(size)} changes`;
  const zip = join(home, "package.zip");
  const made = task("package-create", home, zip);
  table.add({
    work: `${words}: assess`,
    ours: times(timeOf(made, "assess")),
    peakMiB: Number(made.facts["peakAfterAssess"]),
  });
  const [floor, verify] = alternately(runs, [
    () => timeOf(task("package-floor", zip), "floor"),
    () => timeOf(task("package-verify", zip), "verify"),
  ]);
  if (floor === undefined || verify === undefined) return;
  const contents = Number(floor.facts["bytes"]) / 1e6;
  table.add({
    work: `${words}: create (${whole(Number(made.facts["size"]) / 1e6)} MB of ${whole(contents)} MB)`,
    ours: times(timeOf(made, "create")),
    peakMiB: made.peakMiB,
  });
  const ratio = verify.cpu / floor.cpu;
  table.add({
    work: `${words}: verify, over inflate and SHA-256 in one process`,
    ours: times(verify),
    floor: times(floor),
    ratio,
    ...(size >= RATIO_FROM
      ? { goal: "≤ 2.5×, < 300 MB", met: ratio <= RATIO_MAX && verify.peakMiB < PEAK_MAX_MIB }
      : {}),
    peakMiB: verify.peakMiB,
  });
  const tools = publicTools(zip);
  table.add({
    work: `${words}: the same over unzip -p | openssl dgst -sha256`,
    ours: times(verify),
    floor: tools === undefined ? "no unzip or openssl" : times(tools),
    ...(tools === undefined ? {} : { ratio: verify.cpu / tools.cpu }),
  });
}

/** The two tools as a person would start them; undefined where one of them is missing. */
function publicTools(zip: string): Time | undefined {
  const { status, stderr } = spawnSync(
    "bash",
    [
      "-c",
      `set -o pipefail; TIMEFORMAT='%R %U %S'; time unzip -p "$1" | openssl dgst -sha256 >/dev/null`,
      "-",
      zip,
    ],
    { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } },
  );
  const [real, user, system] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  if (status !== 0 || real === undefined || user === undefined || system === undefined) return undefined;
  return { wall: real * 1000, cpu: (user + system) * 1000 };
}
