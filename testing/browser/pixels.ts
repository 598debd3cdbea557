/** Compares what a browser drew, by form alone. */
import type { Page } from "playwright-core";
import { formOfPng } from "./in-page.ts";

/** For each pixel, whether it was drawn on, as a photocopier would have it. */
export type Form = readonly boolean[];

/** @param page any page of a context that lets scripts run. */
export async function formOf(page: Page, png: Buffer): Promise<Form> {
  return page.evaluate<Form>(formOfPng(png.toString("base64")));
}

/** 0: the same form; 1: no pixel in common. Of what either form draws, the part that only one of them draws. */
export function difference(a: Form, b: Form): number {
  let either = 0;
  let both = 0;
  a.forEach((drawn, pixel) => {
    const other = b[pixel] === true;
    if (drawn || other) either++;
    if (drawn && other) both++;
  });
  return either === 0 ? 0 : 1 - both / either;
}
