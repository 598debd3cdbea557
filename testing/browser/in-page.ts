/**
 * What runs inside the browser. It is text, since the project's own code is checked without a browser's globals: no part
 * of the product may lean on them.
 */

export type Finding = { readonly rule: string; readonly message: string; readonly snippet: string };

/** What the accessibility engine, once loaded, calls a violation that failed. */
export const failedViolations = `(async () => {
  const report = await new ace.Checker().check(document, ["WCAG_2_2", "IBM_Accessibility"]);
  return report.results
    .filter(({ value }) => value[0] === "VIOLATION" && value[1] === "FAIL")
    .map(({ ruleId, message, snippet }) => ({ rule: ruleId, message, snippet }));
})()`;

/** Faults that the engine must find. */
export const spoil = `(() => {
  const faint = document.createElement("p");
  faint.style.cssText = "color:#bbb;background:#fff";
  faint.textContent = "hardly to be read";
  document.querySelector("main").append(faint);
  document.documentElement.removeAttribute("lang");
})()`;

export const focusedText = "document.activeElement.textContent";
export const focusInDeviations = 'document.activeElement.closest("[data-deviation]") !== null';
/** Whether any part of the focused element is within the window. */
export const focusInSight = `(() => {
  const { top, bottom } = document.activeElement.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
})()`;

/** The width that the page needs and the width that there is. */
export const widths = "[document.documentElement.scrollWidth, innerWidth]";
export const ground = "getComputedStyle(document.documentElement).backgroundColor";

/** For each pixel of a picture, whether it is drawn on: by a grey filter and a threshold at half of the contrast. */
export const formOfPng = (base64: string): string => `(async () => {
  const bytes = Uint8Array.from(atob("${base64}"), (character) => character.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.filter = "grayscale(1)";
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const grey = Array.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4]);
  // The corner is ground: no shape reaches it.
  const most = grey.reduce((max, one) => Math.max(max, Math.abs(one - grey[0])), 0);
  return grey.map((one) => most > 0 && Math.abs(one - grey[0]) >= most / 2);
})()`;

/** The cells of occurrences in a control's table of weeks, with the number that a reader sees. */
export type SeenCell = {
  readonly week: string;
  readonly state: string;
  readonly count: string;
  readonly seen: string;
};
export const occurrenceCells = `[...document.querySelectorAll("td[data-state]:not([data-attribute])")].map((cell) => ({
  week: cell.dataset.week, state: cell.dataset.state, count: cell.dataset.count, seen: cell.innerText.trim(),
}))`;
