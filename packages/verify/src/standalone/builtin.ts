/** Node's own modules where the file runs on Node, and nothing where it runs in a page. */

type WithModules = { readonly process?: { readonly getBuiltinModule?: (name: string) => unknown } };

/**
 * Asked for by name at run time, since an `import` of them would keep a page from loading the file at all.
 * @returns undefined in a page, and on Node before 20.16.
 */
export function builtin<Module>(name: string): Module | undefined {
  // `process` is nobody's in a page, and the module is the one that its name says.
  return (globalThis as WithModules).process?.getBuiltinModule?.(name) as Module | undefined;
}
