import type { ParsedFile, Position } from "./parse-file.js";

/** A line `key: value`: a word, a number, true or false, or text in quotes without any escape. */
const entryLine =
  /^( *)([A-Za-z_$][\w$-]*):(?: +([A-Za-z/][\w./-]*|0|[1-9]\d{0,14}|"[ !#-[\]-~]*"))? *(?: #.*)?$/u;
const emptyLine = /^ *(?:#.*)?$/u;
/** Words that YAML takes for something else than text, and a key that is no plain key in JavaScript. */
const notText = /^(?:null|true|false|__proto__)$/iu;

interface Level {
  readonly indent: number;
  readonly path: string;
  readonly map: Record<string, unknown>;
}

/**
 * Reads a config that is nothing but nested `key: value` lines, as `kinko init` writes it, and
 * gives undefined for everything else, which the real parser then reads.
 *
 * Own code beside the package yaml, because that takes 12 ms to load and to parse its first line,
 * a sixth of the whole time of `kinko get`. What this accepts, yaml reads alike: a test compares
 * the two on random files.
 */
export function parseSimpleYaml(text: string): ParsedFile | undefined {
  const positions = new Map<string, Position>();
  const root: Level = { indent: 0, path: "", map: {} };
  const open: Level[] = [root];
  /** The key of the line before, when its value is the map that has to come now. */
  let pending: Level | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (emptyLine.test(line)) continue;
    const [matched, indentation, key, value] = entryLine.exec(line) ?? [];
    if (matched === undefined || indentation === undefined || key === undefined) return undefined;
    const indent = indentation.length;
    if (pending !== undefined) {
      if (indent <= pending.indent) return undefined;
      open.push({ ...pending, indent });
      pending = undefined;
    }
    while ((open.at(-1)?.indent ?? 0) > indent) open.pop();
    const level = open.at(-1);
    if (level?.indent !== indent || notText.test(key) || Object.hasOwn(level.map, key)) {
      return undefined;
    }
    const path = `${level.path}\0${key}`;
    positions.set(path, { line: index + 1, column: indent + 1 });
    if (value === undefined) {
      pending = { indent, path, map: {} };
      level.map[key] = pending.map;
      continue;
    }
    const scalar = scalarOf(value);
    if (scalar === undefined) return undefined;
    level.map[key] = scalar;
  }
  // A key without anything, and a file without keys, mean null; the real parser knows about that.
  if (pending !== undefined || positions.size === 0) return undefined;
  return { data: root.map, position: (path) => deepest(positions, path) };
}

function scalarOf(value: string): string | number | boolean | undefined {
  if (value.startsWith('"')) return value.slice(1, -1);
  if (/^\d/u.test(value)) return Number(value);
  if (value === "true" || value === "false") return value === "true";
  return notText.test(value) ? undefined : value;
}

/** Of the keys on the way, the last one that is there. */
function deepest(
  positions: ReadonlyMap<string, Position>,
  path: readonly PropertyKey[],
): Position | undefined {
  let found: Position | undefined;
  let text = "";
  for (const step of path) {
    text += `\0${String(step)}`;
    const position = positions.get(text);
    if (position === undefined) break;
    found = position;
  }
  return found;
}
