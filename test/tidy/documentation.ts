import { existsSync, globSync } from "node:fs";
import { join, posix } from "node:path";
import { type Finding, finding, repository, type Source, type TextFile } from "./source.ts";

const documented = /^src\/(core|services|wallet|registry)\//;

/** Every export of the layers that others build upon says what it is. */
export function docCommentFindings(source: Source): Finding[] {
  if (!documented.test(source.path)) {
    return [];
  }
  return source.program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) {
      return [];
    }
    const hasComment = source.comments.some(
      ({ type, value, end }) =>
        type === "Block" &&
        value.startsWith("*") &&
        end <= statement.start &&
        source.text.slice(end, statement.start).trim() === "",
    );
    const line = source.lineOf(statement.start);
    return hasComment ? [] : [finding(source.path, line, "exports without a doc comment")];
  });
}

const pathBelow = /^(?:\.?\/)?(?:src|test|scripts|migrations|\.ci)\//;
const topLevelFile = /^[\w.-]+\.(?:json|toml|ts|md)$/;

/** A document must not send its reader to a file that is not there. */
export function pathFindings(document: TextFile, exists = existsInRepository): Finding[] {
  return proseLines(document.text).flatMap(({ text, line }) => {
    const quoted = [...text.matchAll(/`([^`\s]+)`/g)].map(([, token = ""]) => token);
    const paths = quoted
      .map((token) => token.replace(/(?::\d+|#.*)$/, ""))
      .filter((token) => pathBelow.test(token) || topLevelFile.test(token))
      .filter((token) => !/[<>{}…]/.test(token));
    const linked = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => posix.join(posix.dirname(document.path), target));
    return [...paths, ...linked]
      .filter((path) => !exists(path))
      .map((path) => finding(document.path, line, `names ${path}, which does not exist`));
  });
}

/** The lines outside fenced blocks: what a block shows need not lie in the repository. */
function proseLines(text: string): { text: string; line: number }[] {
  let fenced = false;
  return text.split("\n").flatMap((content, index) => {
    const isFence = content.trimStart().startsWith("```");
    fenced = isFence ? !fenced : fenced;
    return isFence || fenced ? [] : [{ text: content, line: index + 1 }];
  });
}

function existsInRepository(path: string): boolean {
  return path.includes("*")
    ? globSync(path, { cwd: repository }).length > 0
    : existsSync(join(repository, path));
}
