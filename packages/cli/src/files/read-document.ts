import { resolve } from "node:path";
import { InvalidValueError } from "@kinko/core";
import type { CliIo } from "../io.js";
import { readFileBytes } from "../input/read-bytes.js";

/**
 * The content of a YAML or JSON file; JSON is read as YAML, which it is a part of.
 * @throws CliError when it cannot be read, InvalidValueError with line and column when it does not
 * parse. The file is not quoted: somebody may have pointed at the wrong one.
 */
export async function readDocument(io: CliIo, file: string): Promise<unknown> {
  const text = (await readFileBytes(io, file)).toString("utf8");
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const at = problem.linePos?.[0];
    const where = at === undefined ? "" : `:${at.line}:${at.col}`;
    throw new InvalidValueError(`${resolve(io.cwd, file)}${where} cannot be parsed.`, {
      operation: "read",
      reason: "malformed-file",
      advice: "Correct the file at that line; it has to be YAML or JSON.",
    });
  }
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}
