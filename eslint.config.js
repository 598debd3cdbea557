// Lint that knows the types. The pure packages are told apart here: they are handed clock, randomness and configuration.
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const pure = "{kernel,records,ledger,package-format,verify,rules,program,assessment}";

export default defineConfig(
  globalIgnores(["**/dist/**", "runs/**", "**/node_modules/**"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            {
              from: "package",
              package: "node:test",
              name: ["test", "before", "after", "beforeEach", "afterEach", "describe"],
            },
          ],
        },
      ],
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-promise-reject-errors": "error",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "no-restricted-exports": [
        "error",
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-debugger": "error",
      "no-fallthrough": "error",
      "no-self-compare": "error",
      "no-unsafe-finally": "error",
      "no-eval": "error",
      "no-new-func": "error",
    },
  },
  {
    files: [`packages/${pure}/src/**/*.ts`],
    ignores: [
      "**/*.test.ts",
      "**/testing/**",
      "packages/verify/src/main.ts",
      "packages/verify/src/standalone/**",
    ],
    rules: {
      "no-restricted-globals": [
        "error",
        "process",
        "fetch",
        "performance",
        "setTimeout",
        "setInterval",
        "setImmediate",
        "crypto",
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "the clock is an argument" },
        { object: "Math", property: "random", message: "randomness is an argument" },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "the clock is an argument",
        },
      ],
    },
  },
);
