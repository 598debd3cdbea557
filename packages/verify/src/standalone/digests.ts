/** What stands minified in front of the built file. */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";

export function loadDigests() {
  // SHA-1 only names certificates in old time stamps; nothing is signed with it.
  return { sha1, sha256, sha384, sha512 };
}
