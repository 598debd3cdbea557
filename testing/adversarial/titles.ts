/** The titles of the tests in a file, as `test("…"` spells them; what differs from case to case is a `…`. */
import ts from "typescript";

export function testTitles(source: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "test") {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text);
      if (title !== undefined && ts.isTemplateExpression(title))
        titles.push(
          [title.head, ...title.templateSpans.map((span) => span.literal)].map(({ text }) => text).join("…"),
        );
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("test.ts", source, ts.ScriptTarget.Latest));
  return titles;
}
