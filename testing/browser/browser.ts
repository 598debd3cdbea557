/** A browser for tests that need a real one, with the network off. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

export const chromiumPath: string | undefined = PLACES.find(
  (path) => path !== undefined && path !== "" && existsSync(path),
);

/** For `skip`: why there is no browser, or false. COUNTERSIGN_REQUIRE_BROWSER=1 lets the tests fail instead. */
export const withoutBrowser: string | false =
  chromiumPath !== undefined || process.env.COUNTERSIGN_REQUIRE_BROWSER === "1"
    ? false
    : "no Chromium at /usr/bin/chromium; name one with CHROMIUM=/path, or install it";

export async function launch(): Promise<Browser> {
  if (chromiumPath === undefined)
    throw new Error("COUNTERSIGN_REQUIRE_BROWSER=1, and there is no Chromium: set CHROMIUM to its path");
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      // Chromium's sandbox refuses to run as root.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
