/** A made-up company's lists of access: two stores, one watched by a feed of changes, one known from two lists only. */
import type { Place } from "./support.ts";

export const ACCESS_HOME = ["--workspace", "company"] as const;

export const accessSources = `sources:
  - id: store-lists
    connector: csv
    provides: access-entry
    file: ../exports/store-lists.csv
    columns:
      id: Entry
      resource: Store
      listedAt: Taken
      person: { column: User, as: email }
      serviceAccount: Service account
      group: Group
      role: Role
      reads: { column: Reads, as: yes-no }
  - id: group-lists
    connector: csv
    provides: group-member
    file: ../exports/group-lists.csv
    columns: { id: Entry, inGroup: Group, listedAt: Taken, person: { column: User, as: email } }
  - id: access-changes
    connector: csv
    provides: access-event
    file: ../exports/access-changes.csv
    savedAt: 2026-07-01T06:00:00Z
    watches: [training-store, "group:ml", conveyor]
    columns:
      id: Change
      changedAt: At
      action: { column: What, values: { add: granted, update: changed, delete: removed } }
      resource: Store
      inGroup: Group
      person: { column: User, as: email }
      role: Role
      reads: { column: Reads, as: yes-no }
      approvedBy: { column: Approved by, as: email }
      approvedAt: Approved at
      ticket: Ticket
  - id: break-glass
    connector: csv
    provides: session
    file: ../exports/break-glass.csv
    savedAt: 2026-07-01T06:00:00Z
    watches: [training-store]
    columns:
      id: Session
      person: { column: User, as: email }
      system: Store
      startedAt: Start
      endedAt: End
      approvedBy: { column: Approved by, as: email }
      ticket: Ticket
  - id: hr-leavers
    connector: csv
    provides: leaver
    file: ../exports/leavers.csv
    columns: { id: Record, person: { column: Work email, as: email }, endedAt: Last day, accessRemovedAt: Removed at }
gaps:
  - { source: access-changes, from: 2026-05-10, through: 2026-05-12, reason: the audit log of the store was switched off }
`;

const files: { readonly [name: string]: string } = {
  "store-lists.csv": `Entry,Store,Taken,User,Service account,Group,Role,Reads
t1,training-store,2026-01-05T08:00:00Z,bo@made-up.example,,,viewer,yes
t2,training-store,2026-01-05T08:00:00Z,cy@made-up.example,,,viewer,yes
t3,training-store,2026-01-05T08:00:00Z,,,ml,viewer,yes
t4,training-store,2026-01-05T08:00:00Z,,conveyor,,viewer,yes
c1,conveyor,2026-01-05T08:00:00Z,hal@made-up.example,,,user,yes
l1,legacy-share,2026-01-05T08:00:00Z,bo@made-up.example,,,reader,yes
l2,legacy-share,2026-01-05T08:00:00Z,cy@made-up.example,,,reader,yes
l3,legacy-share,2026-04-01T08:00:00Z,bo@made-up.example,,,reader,yes
l4,legacy-share,2026-04-01T08:00:00Z,fay@made-up.example,,,reader,yes
`,
  "group-lists.csv": `Entry,Group,Taken,User
g1,ml,2026-01-05T08:00:00Z,di@made-up.example
g2,ml,2026-01-05T08:00:00Z,gus@made-up.example
`,
  "access-changes.csv": `Change,At,What,Store,Group,User,Role,Reads,Approved by,Approved at,Ticket
e1,2026-02-03T09:30:00Z,add,training-store,,ada@made-up.example,viewer,yes,head@made-up.example,2026-02-03T09:00:00Z,ACC-12
e2,2026-02-10T10:00:00Z,add,training-store,,eve@made-up.example,viewer,yes,,,
e3,2026-02-12T10:00:00Z,delete,training-store,,eve@made-up.example,viewer,,,,
e4,2026-02-20T10:00:00Z,update,training-store,,bo@made-up.example,billing,no,,,
e5,2026-03-02T10:00:00Z,delete,,ml,di@made-up.example,,,,,
e6,2026-03-12T08:00:00Z,delete,training-store,,cy@made-up.example,,,,,
`,
  "break-glass.csv": `Session,User,Store,Start,End,Approved by,Ticket
s1,ivo@made-up.example,training-store,2026-04-20T12:00:00Z,2026-04-20T13:30:00Z,head@made-up.example,INC-7
`,
  "leavers.csv": `Record,Work email,Last day,Removed at
L-1,cy@made-up.example,2026-03-10T16:00:00Z,2026-03-11T09:00:00Z
`,
};

export async function makeAccessCompany(place: Place): Promise<void> {
  const window = ["--from", "2026-01-01", "--through", "2026-06-30", "--zone", "Europe/Berlin"];
  const made = await place.run("init", ...window, "--name", "Made-up Access Co", ...ACCESS_HOME);
  if (made.status !== 0) throw new Error(made.stderr);
  place.write("company/countersign/sources.yaml", accessSources);
  for (const [name, text] of Object.entries(files)) place.write(`company/exports/${name}`, text);
}
