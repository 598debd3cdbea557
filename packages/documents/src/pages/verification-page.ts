/** How to check the package with tools that are not ours, and with ours; and what that does not show. */
import {
  ATTESTATION_KEY_PATH,
  CHECKPOINT_PATH,
  ENVELOPE_PATH,
  IN_TOTO_TYPE,
  LOG_KEY_PATH,
  MANIFEST_PATH,
  RECORDS_STEM,
} from "@countersign/package-format";
import { shellWord } from "../html/audit-path.ts";
import { html, preformatted, type Markup } from "../html/markup.ts";
import { link, page, type Frame } from "../html/layout.ts";
import { facts, list, time, utc } from "../html/words.ts";

/** The commands, by what they show. Exported so that a test can run each of them on a package. */
export const publicSteps = {
  fingerprints: `openssl pkey -pubin -in ${ATTESTATION_KEY_PATH} -outform DER | sha256sum | cut -c1-16
cut -d+ -f3- ${LOG_KEY_PATH} | base64 -d | tail -c 32 | sha256sum | cut -c1-16`,
  signature: `check=$(mktemp -d)
sed 's/.*"payload":"\\([^"]*\\)".*/\\1/' ${ENVELOPE_PATH} | base64 -d > "$check/statement.json"
sed 's/.*"sig":"\\([^"]*\\)".*/\\1/' ${ENVELOPE_PATH} | base64 -d > "$check/signature.der"
{ printf 'DSSEv1 ${IN_TOTO_TYPE.length} ${IN_TOTO_TYPE} %d ' "$(wc -c < "$check/statement.json")"
  cat "$check/statement.json"; } > "$check/signed.bin"
openssl dgst -sha256 -verify ${ATTESTATION_KEY_PATH} -signature "$check/signature.der" "$check/signed.bin"
grep -q "$(sha256sum ${MANIFEST_PATH} | cut -c1-64)" "$check/statement.json" && echo "the signed statement names this manifest"`,
  files: `sed 's/},{/}\\n{/g' ${MANIFEST_PATH} |
  sed -n 's/.*"digest":"sha256:\\([0-9a-f]*\\)","path":"\\([^"]*\\)".*/\\1  \\2/p' |
  sha256sum --check --quiet && echo "every listed file is as listed"
echo "$(( $(grep -o '"path":' ${MANIFEST_PATH} | wc -l) + 2 )) listed, $(find . -type f | wc -l) here"`,
  checkpoint: `check=$(mktemp -d)
{ printf '\\x30\\x2a\\x30\\x05\\x06\\x03\\x2b\\x65\\x70\\x03\\x21\\x00'
  cut -d+ -f3- ${LOG_KEY_PATH} | base64 -d | tail -c 32; } > "$check/log.der"
head -n 3 ${CHECKPOINT_PATH} > "$check/text"
sed -n 's/^— [^ ]* //p' ${CHECKPOINT_PATH} | while read -r line; do
  id=$(printf %s "$line" | base64 -d | head -c 4 | od -An -tx1 | tr -d ' \\n')
  if [ "$id" = "$(cut -d+ -f2 ${LOG_KEY_PATH})" ]; then printf %s "$line" | base64 -d | tail -c 64 > "$check/signature"; fi
done
openssl pkeyutl -verify -pubin -inkey "$check/log.der" -keyform DER -rawin -in "$check/text" -sigfile "$check/signature"`,
  root: `import base64, glob, hashlib, re, sys
def sha(data): return hashlib.sha256(data).digest()
stack, count = [], 0
for path in sorted(glob.glob(sys.argv[1] + "-*.ndjson")):
    for line in open(path, "rb"):
        line, level, count = line.rstrip(b"\\n"), 0, count + 1
        left = re.fullmatch(rb'[{]"(?:erased|withheld)":"([0-9a-f]{64})"[}]', line)
        node = bytes.fromhex(left[1].decode()) if left else sha(b"\\0" + line)
        while stack and stack[-1][0] == level:
            node, level = sha(b"\\1" + stack.pop()[1] + node), level + 1
        stack.append((level, node))
root = stack.pop()[1] if stack else sha(b"")
while stack: root = sha(b"\\1" + stack.pop()[1] + root)
print(count, root.hex(), base64.b64encode(root).decode())`,
} as const;

export function verificationPage(frame: Frame): string {
  const { verification } = frame.view;
  return page(
    frame,
    {
      title: "How to check",
      kicker: "With tools that everybody has, without the network, without our code",
      h1: html`How to check this package`,
    },
    html`${keysPart(frame)} ${stepsPart(frame)}
      <h2 id="ours">With our verifier</h2>
      <p>
        It does all of the above, and names the file where something differs. Take it from where it is
        published, not from whoever handed you this package.
      </p>
      ${preformatted(ownCommands(`${frame.view.name}.zip`))}
      <p>
        <code>verify</code> says whether what is here is what was recorded. <code>--since</code> compares with
        a checkpoint that you kept: only that can show that the log was not written anew.
        <code>reperform</code> says whether the results follow from the recorded evidence under the recorded
        rules. The two verdicts are never merged.
      </p>
      <h2 id="shows">What the check shows</h2>
      ${list(verification.shows, "Nothing is stated.")}
      <h2 id="shows-not">What it does not show</h2>
      ${list(verification.doesNotShow, "Nothing is stated.")}
      <h2 id="checkpoint">The checkpoint</h2>
      <p>Keep these lines. A later package of the same log must contain what they commit to.</p>
      ${preformatted(verification.checkpoint.text)}`,
  );
}

function ownCommands(zip: string): string {
  const file = shellWord(zip);
  return [
    `countersign verify ${file}`,
    `countersign verify ${file} --since CHECKPOINT`,
    `countersign reperform ${file}`,
  ].join("\n");
}

function keysPart(frame: Frame): Markup {
  const { verification, summary } = frame.view;
  return html`<h2 id="keys">The keys</h2>
    <p>
      Whoever could change this package could change the fingerprints on this page too. Compare them with what
      management gave you by another way: by telephone, in a letter, in an earlier package.
    </p>
    ${facts(
      [
        [
          "Log key",
          html`<code><b>${verification.fingerprint}</b></code>
            <span class="note">${verification.origin}</span>`,
        ],
        ["Attestation key", html`<code><b>${verification.attestationFingerprint}</b></code>`],
        ["Log key in full", html`<code>${verification.logKey}</code>`],
        ["Made", time(verification.keyMadeAt, summary.window.zone)],
        [
          "First outside anchor",
          verification.firstOutsideAnchor === undefined
            ? html`<b>none known</b>: until somebody outside holds a checkpoint, order and integrity rest on
                the key alone`
            : html`${time(verification.firstOutsideAnchor, summary.window.zone)}: order and integrity are
              proven from then on`,
        ],
        [
          "Size of the log",
          html`${verification.checkpoint.size} entries, root <code>${verification.checkpoint.root}</code>`,
        ],
      ],
      "Keys and checkpoint",
    )}`;
}

function stepsPart(frame: Frame): Markup {
  const first = frame.view.populations[0];
  const example = first?.paths.items.replace(/-\d{5}\.ndjson$/, "");
  return html`<h2 id="steps">With openssl and sha256sum</h2>
    <p>
      In bash, in the folder that holds <code>index.html</code>, once the zip is unpacked. Each step stands
      alone.
    </p>
    <h3 id="step-fingerprints">1. The keys are those whose fingerprints you were given</h3>
    <p>Prints the attestation key’s and the log key’s fingerprint, without spaces.</p>
    ${preformatted(publicSteps.fingerprints)}
    <h3 id="step-signature">2. The manifest is the one that the attestation key signed</h3>
    ${preformatted(publicSteps.signature)}
    <h3 id="step-files">3. Every file is the one that the manifest lists, and none was added</h3>
    <p>
      The two numbers must be equal; <code>${MANIFEST_PATH}</code> and <code>${ENVELOPE_PATH}</code> are the
      two that it cannot list.
    </p>
    ${preformatted(publicSteps.files)}
    <h3 id="step-checkpoint">4. The log key signed the checkpoint</h3>
    ${preformatted(publicSteps.checkpoint)}
    <h3 id="step-item">5. An item is in its population, as it was recorded</h3>
    <p>
      Each deviation’s page holds the lines for its own item: start from
      ${link(frame, "deviations.html", "the deviations")}.
    </p>
    <h3 id="step-root">6. A whole list has the root that was recorded</h3>
    <p>
      Python 3, its standard library alone. Saved as <code>root.py</code>, it prints the number of lines and
      the root in hexadecimal and base64: of the log’s records, which must be the size and root of the
      checkpoint made ${utc(frame.view.createdAt)} or before; of a population’s items, which must be the root
      on the population’s page.
    </p>
    ${preformatted(publicSteps.root)}
    ${preformatted(`python3 root.py ${RECORDS_STEM}${example === undefined ? "" : `\npython3 root.py ${example}`}`)}`;
}
