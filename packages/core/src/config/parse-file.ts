import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../errors/classes.js";
import { findJsonError } from "./json-position.js";
import { parseSimpleYaml } from "./simple-yaml.js";
import { findTomlKey } from "./toml-position.js";

/** Position in a file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A config file as data, and where its keys are. */
export interface ParsedFile {
  readonly data: unknown;
  /** Position of a key, where the format tells. */
  readonly position: (path: readonly PropertyKey[]) => Position | undefined;
}

/**
 * Reads a config file of any supported format. Parsers are loaded only for their own format.
 * @throws ConfigError with line and column, and without quoting the file, which may hold a token.
 */
export async function parseConfigFile(file: string): Promise<ParsedFile> {
  const extension = extname(file);
  if (extension === ".ts" || extension === ".mts") return parseModule(file, importTypeScript);
  if (/^\.[mc]?js$/u.test(extension)) return parseModule(file, importJavaScript);
  const text = await readText(file);
  switch (extension) {
    case ".yaml":
    case ".yml":
      return parseYaml(file, text);
    case ".json":
      return parseJsonFile(file, text);
    case ".toml":
      return parseToml(file, text);
    default:
      throw new ConfigError(`The config file ${file} has an unknown ending.`, {
        operation: "open",
        reason: "unknown-format",
        advice: "Use .yaml, .json, .toml, .js or .ts.",
      });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new ConfigError(
      `The config file ${file} ${missing ? "does not exist" : "cannot be read"}.`,
      {
        operation: "open",
        reason: missing ? "config-not-found" : "unreadable-config",
        advice: missing
          ? "Create it with kinko init, or correct the path."
          : "Check its permissions; it must be a file that you may read.",
      },
    );
  }
}

async function parseYaml(file: string, text: string): Promise<ParsedFile> {
  return parseSimpleYaml(text) ?? parseAnyYaml(file, text);
}

/** With the whole of YAML. */
export async function parseAnyYaml(file: string, text: string): Promise<ParsedFile> {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, strict: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw syntaxError(file, lineCounter.linePos(problem.pos[0]), problem.code);
  }
  let data: unknown;
  try {
    data = document.toJS() as unknown;
  } catch {
    // The alias limit, which guards against a file that expands without end.
    throw syntaxError(file, { line: 1, col: 1 }, "TOO_MANY_ALIASES");
  }
  return {
    data: data ?? {},
    position(path) {
      let node: unknown = document.contents;
      let key: unknown;
      for (const step of path) {
        if (isMap(node)) {
          const pair = node.items.find(
            (item) => isScalar(item.key) && String(item.key.value) === String(step),
          );
          if (pair === undefined) break;
          key = pair.key;
          node = pair.value;
        } else if (isSeq(node)) {
          key = node.items[Number(step)];
          node = key;
        } else break;
      }
      const range = isScalar(key) || isMap(key) || isSeq(key) ? key.range : undefined;
      if (!range) return undefined;
      const { line, col } = lineCounter.linePos(range[0]);
      return { line, column: col };
    },
  };
}

async function parseJsonFile(file: string, text: string): Promise<ParsedFile> {
  // YAML is a superset of JSON and its parser knows positions; what only YAML allows is refused.
  const parsed = await parseYaml(file, text);
  try {
    JSON.parse(text);
  } catch {
    const { line, column } = findJsonError(text);
    throw syntaxError(file, { line, col: column }, "NOT_STRICT_JSON");
  }
  return parsed;
}

async function parseToml(file: string, text: string): Promise<ParsedFile> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return {
      data: parse(text),
      position: (path) => findTomlKey(text, path),
    };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw syntaxError(file, { line: error.line, col: error.column }, "TOML");
  }
}

async function importJavaScript(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}

async function importTypeScript(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  return createJiti(pathToFileURL(file).href).import(file);
}

async function parseModule(
  file: string,
  load: (file: string) => Promise<unknown>,
): Promise<ParsedFile> {
  await readText(file);
  let loaded: unknown;
  try {
    loaded = await load(file);
  } catch (error) {
    const own = error instanceof Error ? error.name : "";
    const name = /^[A-Z][A-Za-z]{1,40}$/u.test(own) ? own : "an error";
    throw new ConfigError(`The config file ${file} failed while it was loaded (${name}).`, {
      operation: "open",
      reason: "config-threw",
      advice:
        "Run it with node to see where; its message is not repeated, as it may hold a secret.",
    });
  }
  const exported =
    typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : loaded;
  return { data: exported, position: () => undefined };
}

function syntaxError(
  file: string,
  at: { readonly line: number; readonly col: number },
  kind: string,
): ConfigError {
  const words = kind.toLowerCase().replaceAll("_", " ");
  return new ConfigError(`${file}:${at.line}:${at.col} cannot be parsed (${words}).`, {
    operation: "open",
    reason: "malformed-config",
    advice: "Correct the file at that line and column.",
  });
}
