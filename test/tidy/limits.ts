import { type Class, type Node, Visitor, type VisitorObject } from "oxc-parser";
import { type Finding, finding, type Source } from "./source.ts";

export const limits = { functionLines: 70, fileLines: 400, objectLines: 200, columns: 100 };

type Report = (node: Node, message: string) => void;

/** Limits of size that hold for src, test and scripts. */
export function sizeFindings(source: Source): Finding[] {
  const lines = source.text.replace(/\n$/, "").split("\n");
  const long = lines.flatMap((line, index) =>
    [...line].length > limits.columns
      ? [finding(source.path, index + 1, `has more than ${limits.columns} characters`)]
      : [],
  );
  if (lines.length > limits.fileLines) {
    long.push(finding(source.path, lines.length, `exceeds ${limits.fileLines} lines`));
  }
  return [...long, ...lengthFindings(source)];
}

function lengthFindings(source: Source): Finding[] {
  const suites = new Set<Node>();
  return visit(source, (report) => {
    const measure = (node: Node, what: string, limit: number) => {
      const length = source.lineOf(node.end) - source.lineOf(node.start) + 1;
      if (length > limit && !suites.has(node)) {
        report(node, `is a ${what} of ${length} lines, more than ${limit}`);
      }
    };
    const measureFunction = (node: Node) => measure(node, "function", limits.functionLines);
    const measureObject = (node: Class) => {
      if (node.superClass?.type === "Identifier" && node.superClass.name === "DurableObject") {
        measure(node, "Durable Object class", limits.objectLines);
      }
    };
    return {
      CallExpression: (node) => {
        if (isSuite(node.callee)) {
          for (const argument of node.arguments) {
            suites.add(argument);
          }
        }
      },
      FunctionDeclaration: measureFunction,
      FunctionExpression: measureFunction,
      ArrowFunctionExpression: measureFunction,
      ClassDeclaration: measureObject,
      ClassExpression: measureObject,
    };
  });
}

/** The function given to `describe` only groups tests, each of which is measured by itself. */
function isSuite(callee: Node): boolean {
  switch (callee.type) {
    case "Identifier":
      return callee.name === "describe";
    case "MemberExpression":
      return isSuite(callee.object);
    case "CallExpression":
      return isSuite(callee.callee);
    default:
      return false;
  }
}

/** Constructs that src, test and scripts do without. */
export function syntaxFindings(source: Source): Finding[] {
  return visit(source, (report) => ({
    TSAnyKeyword: (node) => report(node, "uses any"),
    TSNonNullExpression: (node) => report(node, "asserts non-null with !"),
    PropertyDefinition: (node) => {
      if (node.definite) {
        report(node, "asserts a property with !");
      }
    },
    VariableDeclarator: (node) => {
      if (node.definite) {
        report(node, "asserts a variable with !");
      }
    },
    ExportDefaultDeclaration: (node) => {
      if (!mayExportDefault(source.path)) {
        report(node, "exports a default");
      }
    },
    ExportSpecifier: (node) => {
      if (node.exported.type === "Identifier" && node.exported.name === "default") {
        report(node, "exports a default");
      }
    },
    CallExpression: ({ callee, arguments: [first] }) => {
      const isTransaction =
        callee.type === "MemberExpression" &&
        callee.property.type === "Identifier" &&
        callee.property.name === "transaction";
      if (isTransaction && first !== undefined && isAsyncFunction(first)) {
        report(callee, "opens an asynchronous transaction, which does not roll back");
      }
    },
  }));
}

function visit(source: Source, handlers: (report: Report) => VisitorObject): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (node, message) => {
    findings.push(finding(source.path, source.lineOf(node.start), message));
  };
  new Visitor(handlers(report)).visit(source.program);
  return findings;
}

function isAsyncFunction(node: Node): boolean {
  const isFunction = node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
  return isFunction && node.async;
}

/** A Worker's entry must export a default; so must a configuration. */
function mayExportDefault(path: string): boolean {
  const isWorker =
    path === "src/index.ts" || /^test\/bench\/workers\/[^/]+\/worker\.ts$/.test(path);
  return isWorker || path.endsWith(".config.ts");
}
