/** A company with one repository and two controls: every change is approved, and the access log is closed every month. */
import { git, type Place } from "./support.ts";

export const HOME = ["--workspace", "company"] as const;

const programYaml = `# What the company promises.
organization: { id: roll-co, name: Roll Co }
window: { from: 2025-07-01, through: 2025-09-30, zone: America/New_York } # the first one
categories: [security]
controls: { adopt: all }
`;

const sourcesYaml = `sources:
  - id: history
    connector: git
    provides: change
    repositories: [{ name: api, path: ../../api }]
    approvals: { whenAbsent: no-approval }
  - id: merges
    connector: csv
    provides: change
    file: ../merges.csv
    columns: { id: Id, repository: Repository, branch: Branch, revision: Id, title: Title, author: Author, authorIsBot: Bot, mergedAt: Merged }
populations:
  - kind: change
    from: history
    reconcile: [{ source: merges, key: revision }]
`;

const closeYaml = `id: OWN-01
title: Monthly close of the access log
statement: "Every month, within 7 days of its end, the access log is closed and shown to be complete."
criteria: [CC6.1]
ownerRole: head of security
owner: ada
procedure: Close the log and keep the list.
activities:
  - id: close
    kind: periodic
    title: Monthly close
    every: month
    due: { days: 7, calendar: calendar }
    evidence: "The closed list."
    attributes:
      - id: complete
        label: shown to be complete
        words: "shown to be complete"
        expression: performance.complete
        causes:
          - { when: "!performance.complete", say: the list was not complete }
`;

const reviewYaml = `id: OWN-02
title: Review of changes
statement: "Every change is approved by another person."
criteria: [CC8.1]
ownerRole: head of engineering
owner: ada
procedure: Review.
activities:
  - id: merge
    kind: per-item
    title: Each change
    population: change
    evidence: "The review."
    attributes:
      - id: approved
        label: approved
        words: "approved by another person"
        expression: change.approvals.exists(a, a.person != change.author)
        causes:
          - { when: "change.approvals.size() == 0", say: nobody approved it }
`;

/** One change in the middle of each of these months; that of August alone is approved by nobody. */
const months = ["2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"];

export function writeWindowCompany(place: Place): void {
  place.write("company/countersign/program.yaml", programYaml);
  place.write("company/countersign/sources.yaml", sourcesYaml);
  place.write(
    "company/countersign/people.yaml",
    'people:\n  - { handle: ada, name: Ada Example, identities: ["email:ada@made-up.example"] }\n',
  );
  place.write("company/countersign/controls/OWN-01.yaml", closeYaml);
  place.write("company/countersign/controls/OWN-02.yaml", reviewYaml);
  place.write("api/README", "");
  const api = `${place.folder}/api`;
  git(api, ["init", "-q", "-b", "main"]);
  for (const month of months) {
    const at = `${month}-10T12:00:00Z`;
    const approval = month === "2025-08" ? "" : "\n\nReviewed-by: Bea Builder <bea@made-up.example>";
    git(
      api,
      [
        ...["-c", "user.name=Ann Author", "-c", "user.email=ann@made-up.example"],
        ...["commit", "-q", "--allow-empty", "-m", `change of ${month}${approval}`],
      ],
      undefined,
      { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at },
    );
  }
  const rows = git(api, ["log", "--format=%H,api,main,%s,ann@made-up.example,false,%cI"]);
  place.write("company/merges.csv", `Id,Repository,Branch,Title,Author,Bot,Merged\n${rows}`);
}

/** What people did for the close of a month, two days after its end. */
export function close(month: string, complete = true): readonly string[] {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
  return [
    ...["evidence", "add", "--control", "OWN-01", "--occurrence", month],
    ...["--source-time", `${next}-02T14:00:00Z`, "--fact", `complete=${complete}`, ...HOME],
  ];
}
