/**
 * The verifier inside a worker of countersign-verify.html: it reads the package's file piece by piece, so that memory
 * does not grow with the package, and answers with the same verdict that the command line prints.
 */
import type { RandomAccess } from "@countersign/package-format";
import type { PackageVerdict } from "../verdict.ts";
import { verifyPackage, type VerifyOptions } from "../verify-package.ts";

/** A File of the page's, as far as it is read here. */
export type PageFile = { readonly size: number; readonly slice: (start: number, end: number) => unknown };

export type Request = { readonly file: PageFile; readonly options: Omit<VerifyOptions, "progress"> };

export type Answer =
  { readonly progress: number } | { readonly verdict: PackageVerdict } | { readonly error: string };

/** What a worker has and a page has not. */
type WorkerScope = {
  readonly FileReaderSync: new () => { readonly readAsArrayBuffer: (blob: unknown) => ArrayBuffer };
  readonly postMessage: (answer: Answer) => void;
  onmessage: ((event: { readonly data: Request }) => void) | null;
};

export function isWorker(scope: object): scope is WorkerScope {
  return "FileReaderSync" in scope && "postMessage" in scope;
}

export function serve(scope: WorkerScope): void {
  scope.onmessage = ({ data: { file, options } }) => {
    try {
      let told = 0;
      const progress = (done: number, of: number) => {
        const hundredths = of === 0 ? 100 : Math.floor((done * 100) / of);
        if (hundredths > told) scope.postMessage({ progress: (told = hundredths) });
      };
      scope.postMessage({ verdict: verifyPackage(sourceOf(file, scope), { ...options, progress }) });
    } catch (error) {
      scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
    }
  };
}

function sourceOf(file: PageFile, scope: WorkerScope): RandomAccess {
  const reader = new scope.FileReaderSync();
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + length)));
    if (bytes.length !== length) throw new Error("the file became shorter while it was read");
    return bytes;
  };
  return { size: file.size, read };
}
