import assert from "node:assert/strict";
import { test } from "node:test";
import { parsed, plain, told } from "./test-support/files.ts";

const text = `
timeStamps: [{ id: authority, url: "https://tsa.example/tsr", root: root.pem }]
witnesses: [{ id: witness, url: "https://witness.example/", key: witness.example+1a2b3c4d+BK }]
letters:
  - { to: auditor, mail: [ada@firm.example] }
  - { to: board }
mail: { from: lead@example.com, sendmail: SENDMAIL }
`;

test("without anchors.yaml letters to auditor and board are due, as files, and nothing leaves the machine", () => {
  assert.deepEqual(parsed(plain).anchors, {
    timeStamps: [],
    witnesses: [],
    letters: [{ to: "auditor" }, { to: "board" }],
  });
});

test("anchors.yaml names authorities, witnesses and recipients, and is no part of the program", () => {
  const read = parsed({ ...plain, "anchors.yaml": text });
  assert.equal(read.anchors.timeStamps[0]?.root, "root.pem");
  assert.deepEqual(read.anchors.letters[0], { to: "auditor", mail: ["ada@firm.example"] });
  assert.deepEqual(read.program, parsed(plain).program);
  assert.doesNotMatch(JSON.stringify(read.program), /firm\.example/);
});

test("what a target lacks, a name twice and mail without a way to send it are told with their place", () => {
  const wrong = (change: (text: string) => string) => told({ ...plain, "anchors.yaml": change(text) });
  assert.match(
    wrong((t) => t.replace("id: witness", "id: authority")),
    /second `authority`.*\n.*anchors\.yaml:3/,
  );
  assert.match(
    wrong((t) => t.replace(/mail: \{.*\n/, "")),
    /auditor is to be mailed, and nothing says how/,
  );
  assert.match(
    wrong((t) => t.replace(", root: root.pem", "")),
    /root/,
  );
  assert.match(
    wrong((t) => t.replace("https://tsa", "ftp://tsa")),
    /url/,
  );
  assert.match(
    wrong((t) => t.replace("ada@firm.example", "ada")),
    /mail address/i,
  );
  assert.match(
    wrong((t) => t.replace("sendmail: SENDMAIL", "sendmail: /usr/sbin/sendmail")),
    /sendmail/,
  );
});
