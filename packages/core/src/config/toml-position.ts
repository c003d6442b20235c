import type { Position } from "./parse-file.js";

const bareOrQuoted = String.raw`(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)`;
const dottedKey = String.raw`${bareOrQuoted}(?:\s*\.\s*${bareOrQuoted})*`;
const headerLine = new RegExp(String.raw`^(\s*)(\[\[?)\s*(${dottedKey})\s*\]`, "u");
const keyLine = new RegExp(String.raw`^(\s*)(${dottedKey})\s*=`, "u");

/**
 * Where a key is in a TOML text, or the nearest table or key around it. The parser keeps no
 * positions, so headers and keys are read once more, line by line.
 */
export function findTomlKey(text: string, path: readonly PropertyKey[]): Position | undefined {
  const wanted = path.map(String);
  const arrays = new Map<string, number>();
  let table: string[] = [];
  let best: { readonly depth: number; readonly position: Position } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const header = headerLine.exec(line);
    const match = header ?? keyLine.exec(line);
    if (match === null) continue;
    let keys: string[];
    if (header !== null) {
      table = splitKey(header[3] as string);
      if (header[2] === "[[") {
        const name = table.join("\0");
        const count = arrays.get(name) ?? 0;
        arrays.set(name, count + 1);
        table.push(String(count));
      }
      keys = table;
    } else {
      keys = [...table, ...splitKey(match[2] as string)];
    }
    const isAround = keys.length <= wanted.length && keys.every((key, at) => key === wanted[at]);
    if (!isAround || keys.length <= (best?.depth ?? 0)) continue;
    const column = (match[1] as string).length + 1;
    best = { depth: keys.length, position: { line: index + 1, column } };
  }
  return best?.position;
}

function splitKey(text: string): string[] {
  const parts = text.match(new RegExp(bareOrQuoted, "gu")) ?? [];
  return parts.map((part) => (/^["']/u.test(part) ? part.slice(1, -1) : part));
}
