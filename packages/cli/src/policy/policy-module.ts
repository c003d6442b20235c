import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { PolicyDocument } from "@kinko/provider-vault/policies";
import { CliError } from "../errors.js";
import { readFileBytes } from "../input/read-bytes.js";
import type { CliIo } from "../io.js";

const typeScript: ReadonlySet<string> = new Set([".ts", ".mts"]);
const javaScript: ReadonlySet<string> = new Set([".js", ".mjs"]);

/** Whether a file exports a policy, and is run to have it. */
export function isPolicyModule(file: string): boolean {
  return typeScript.has(extname(file)) || javaScript.has(extname(file));
}

/**
 * The policy that a module exports as its default, or a promise of it.
 * @throws CliError when it throws, or exports something else; its message may hold anything, and is not repeated
 */
export async function loadPolicyModule(io: CliIo, file: string): Promise<PolicyDocument> {
  const target = resolve(io.cwd, file);
  (await readFileBytes(io, file)).fill(0);
  let exported: unknown;
  try {
    const loaded = await load(target);
    exported = await (isObject(loaded) && "default" in loaded ? loaded["default"] : loaded);
  } catch (error) {
    const own = error instanceof Error ? error.name : "";
    const name = /^[A-Z][A-Za-z]{1,40}$/u.test(own) ? own : "an error";
    throw new CliError("InvalidValue", `The file ${file} failed while it was loaded (${name}).`, {
      reason: "policy-module-threw",
      advice: "Run it with node to see where.",
    });
  }
  if (isDocument(exported)) return exported;
  throw new CliError("InvalidValue", `The file ${file} exports no policy.`, {
    reason: "policy-module-exports",
    advice:
      'Write export default { rules: [{ path: "secret/data/app", capabilities: ["read"] }] }.',
  });
}

async function load(file: string): Promise<unknown> {
  if (javaScript.has(extname(file))) return import(pathToFileURL(file).href);
  const { createJiti } = await import("jiti");
  return createJiti(pathToFileURL(file).href).import(file);
}

function isDocument(value: unknown): value is PolicyDocument {
  if (!isObject(value) || !Array.isArray(value["rules"])) return false;
  return value["rules"].every(
    (rule: unknown) =>
      isObject(rule) && typeof rule["path"] === "string" && Array.isArray(rule["capabilities"]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
