/** The kinds of files that a package has, and where the fault of each stands when somebody signs the manifest again. */

export type ByteClass = {
  readonly name: string;
  readonly holds: (path: string) => boolean;
  /**
   * A fault's place after the file was changed and everything was signed again with the true attestation key, which is not
   * the log's. undefined: only the signature binds the file, and whoever holds that key can change it.
   */
  readonly boundAt: ((path: string) => RegExp) | undefined;
};

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const is = (path: string) => (each: string) => each === path;
const within =
  (start: string, end = "") =>
  (each: string) =>
    each.startsWith(start) && each.endsWith(end);
const itself = (path: string) => new RegExp(`^${escaped(path)}(?:$| )`);
/** Parts of one list, or of one blob: the fault of the whole stands at the first, a line's at its own part. */
const itsList = (path: string) => {
  const stem = path.replace(/-\d{5}\.ndjson$/, "");
  return new RegExp(`^${escaped(stem)}(?:-\\d{5}\\.ndjson)?(?:$| )`);
};

export const byteClasses: readonly ByteClass[] = [
  { name: "manifest", holds: is("manifest.json"), boundAt: undefined },
  { name: "envelope", holds: is("manifest.dsse.json"), boundAt: undefined },
  { name: "attestation key", holds: is("attestation.pub.pem"), boundAt: itself },
  { name: "checkpoint", holds: is("ledger/checkpoint"), boundAt: itself },
  { name: "log key", holds: is("ledger/log.vkey"), boundAt: itself },
  {
    name: "records",
    holds: within("ledger/records-"),
    boundAt: () => /^(?:ledger\/records|record \d+)/,
  },
  { name: "items", holds: (path) => /\/items-\d+\.ndjson$/.test(path), boundAt: itsList },
  { name: "exclusions", holds: (path) => /\/exclusions-\d+\.ndjson$/.test(path), boundAt: itsList },
  { name: "results", holds: within("data/results/"), boundAt: itsList },
  { name: "directory", holds: within("data/directory/"), boundAt: itsList },
  { name: "reconciliations", holds: within("data/reconciliations/"), boundAt: itsList },
  { name: "other lists and files", holds: within("data/blobs/"), boundAt: itsList },
  { name: "raw bytes", holds: (path) => path.includes("/raw/"), boundAt: itself },
  { name: "evidence", holds: within("evidence/"), boundAt: itself },
  { name: "population header", holds: within("data/populations/", "/header.json"), boundAt: itself },
  { name: "program", holds: is("data/program.json"), boundAt: itself },
  { name: "summary", holds: is("data/summary.json"), boundAt: itself },
  { name: "index", holds: is("data/package.json"), boundAt: itself },
  {
    name: "blob index",
    holds: is("data/blobs.json"),
    // An entry that is gone, or of another digest, leaves a blob that nobody finds.
    boundAt: () => /^data\/blobs\.json|^sha256:|^salted-sha256:|^data\/|^evidence\//,
  },
  { name: "pages", holds: (path) => /\.(?:html|md)$/.test(path), boundAt: undefined },
  { name: "workbook", holds: is("workbook.xlsx"), boundAt: undefined },
];

export function classOf(path: string): ByteClass {
  const found = byteClasses.filter((each) => each.holds(path));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${path} is of ${found.length} classes`);
  return only;
}
