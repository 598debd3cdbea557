/** What was verified of a signed file: who, when by whose clock, of which things; and what nobody demanded or compared. */
import type { SignedBundleBody } from "@countersign/records";
import { html, join, type Markup } from "../html/markup.ts";
import type { Frame } from "../html/layout.ts";
import { counted, personInFull, time } from "../html/words.ts";

type Row = readonly [string, Markup | readonly Markup[] | undefined];

/** No rows for evidence that is not signed. */
export function signedFacts(frame: Frame, signed: SignedBundleBody | undefined): readonly Row[] {
  if (signed === undefined) return [];
  const { times, entries, statement, artifact } = signed;
  const { zone } = frame.view.summary.window;
  return [
    ["Signed by", html`${signerOf(frame, signed)}. ${demandedOf(signed)}`],
    [
      "Signed at",
      times.length === 0
        ? html`<span class="absent">nobody outside says when</span>`
        : html`${join(
            times.map(
              ({ at, by }) =>
                html`${time(at, zone)}, by the clock of
                ${by === "log" ? "a transparency log" : "a time stamping authority"}`,
            ),
            "; ",
          )}`,
    ],
    [
      "Logged",
      entries.length === 0
        ? html`<span class="absent">in no transparency log</span>`
        : html`${join(
            entries.map(({ log, index }) => html`entry ${index} of the log <code>${log}</code>`),
            "; ",
          )}`,
    ],
    ["States", statement === undefined ? undefined : statementOf(statement)],
    [
      "Artifact",
      artifact === undefined
        ? html`<span class="absent">not compared: only the signed file itself speaks of it</span>`
        : html`<bdi>${artifact.name ?? "what was signed"}</bdi>
            <span class="note"><code>${artifact.algorithm}:${artifact.hex}</code></span>`,
    ],
  ];
}

function signerOf(frame: Frame, { signer }: SignedBundleBody): Markup {
  if (signer.kind === "key") return html`the key <code>${signer.fingerprint}</code>`;
  const who =
    signer.kind === "person" ? personInFull(frame.view, signer.person) : html`<bdi>${signer.identity}</bdi>`;
  return html`${who}, as <bdi>${signer.issuer ?? "nobody"}</bdi> vouches`;
}

function demandedOf({ signer, demanded }: SignedBundleBody): string {
  const met = Object.keys(demanded);
  if (met.length > 0) return `Demanded and met: ${met.join(" and ")}.`;
  return signer.kind === "key"
    ? "Demanded: this key."
    : "Nobody’s identity was demanded: anybody whom the trusted root certifies could have signed this.";
}

function statementOf(statement: NonNullable<SignedBundleBody["statement"]>): readonly Markup[] {
  const { predicateType, predicate, subjects, subjectCount } = statement;
  const about =
    predicate.kind === "slsa-provenance"
      ? html`Built by <bdi>${predicate.builder}</bdi> from
          <bdi>${predicate.sourceRepository ?? "a source that it does not name"}</bdi>.`
      : predicate.kind === "model-signature"
        ? html`A model of ${counted(predicate.files, predicate.method === "files" ? "file" : "shard")}.`
        : html`Unknown predicate: ${predicate.why}.`;
  const shown = subjects.map(
    ({ name, digests }) =>
      html`<p>
        <bdi>${name}</bdi>
        <span class="note"
          >${join(
            Object.entries(digests).map(([algorithm, hex]) => html`<code>${algorithm}:${hex}</code>`),
            ", ",
          )}</span
        >
      </p>`,
  );
  return [
    html`<p><bdi>${predicateType}</bdi>, of ${counted(subjectCount, "subject")}. ${about}</p>`,
    ...shown,
  ];
}
