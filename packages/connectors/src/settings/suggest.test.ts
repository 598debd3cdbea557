import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./suggest.ts";

test("the nearest word is suggested, and none where nothing is near", () => {
  const words = ["main", "whenAbsent", "no-approval", "Work email"];
  assert.equal(nearest("mian", words), "main");
  assert.equal(nearest("mainn", words), "main");
  assert.equal(nearest("when_absent", words), "whenAbsent");
  assert.equal(nearest("noapproval", words), "no-approval");
  assert.equal(nearest("work e-mail", words), "Work email");
  assert.equal(nearest("xyz", words), undefined);
  assert.equal(nearest("", words), undefined);
});
