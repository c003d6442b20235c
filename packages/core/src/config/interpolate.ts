import { readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { ConfigError } from "../errors/classes.js";

/** Where `${env:NAME}` and `${file:path}` look. */
export interface InterpolationSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly directory: string;
}

const pattern = /\$\{(\w+):([^}]*)\}/gu;

/**
 * Replaces `${env:NAME}` and `${file:path}` in every string, so that credentials stay out of the
 * config file. One line end at the end of a file is dropped. What was put in is not searched again.
 *
 * @throws ConfigError when a variable is unset, a file unreadable, or the form unknown.
 */
export async function interpolate(value: unknown, sources: InterpolationSources): Promise<unknown> {
  if (typeof value === "string") return interpolateText(value, sources);
  if (Array.isArray(value)) return Promise.all(value.map((item) => interpolate(item, sources)));
  if (typeof value !== "object" || value === null) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await interpolate(item, sources)]),
  );
  return Object.fromEntries(entries) as unknown;
}

async function interpolateText(text: string, sources: InterpolationSources): Promise<string> {
  let result = "";
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, form, name] = match as unknown as [string, string, string];
    result += text.slice(end, match.index) + (await lookUp(form, name, sources));
    end = match.index + whole.length;
  }
  return result + text.slice(end);
}

async function lookUp(form: string, name: string, sources: InterpolationSources): Promise<string> {
  if (form === "env") {
    const value = sources.env[name];
    if (value !== undefined) return value;
    throw new ConfigError(`The config uses the environment variable ${name}, which is not set.`, {
      operation: "open",
      reason: "missing-variable",
      advice: `Set ${name}, or remove \${env:${name}} from the config.`,
    });
  }
  if (form === "file") {
    const file = isAbsolute(name) ? name : resolve(sources.directory, name);
    try {
      return (await readFile(file, "utf8")).replace(/\r?\n$/u, "");
    } catch {
      throw new ConfigError(`The config uses the file ${file}, which cannot be read.`, {
        operation: "open",
        reason: "missing-file",
        advice: "Create it or correct the path; relative paths start at the config's folder.",
      });
    }
  }
  throw new ConfigError(`The config has "\${${form}:…}", which is not known.`, {
    operation: "open",
    reason: "unknown-interpolation",
    advice: "Use ${env:NAME} or ${file:path}.",
  });
}
