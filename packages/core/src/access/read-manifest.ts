import * as v from "valibot";
import { checkBySchema } from "../config/check.js";
import { parseConfigFile } from "../config/parse-file.js";
import { isSecretError } from "../errors/secret-error.js";
import { parsePrefix, parseRef } from "../refs/parse-ref.js";
import {
  defineAccess,
  isApplicationName,
  type AccessInput,
  type AccessManifest,
} from "./manifest.js";
import { accessOperations } from "./operations.js";

const operations = v.optional(
  v.pipe(v.array(v.picklist(accessOperations)), v.minLength(1, "must name an operation")),
);
const ref = v.pipe(
  v.string(),
  v.check((text) => isRead(() => parseRef(text)), "must be a reference such as prod/app/db"),
);
const folder = v.pipe(
  v.string(),
  v.check((text) => isRead(() => parsePrefix(text)), "must be a folder such as prod/app"),
);

const manifestSchema = v.strictObject({
  application: v.pipe(
    v.string(),
    v.check((name) => isApplicationName(name), "must be 1 to 64 letters, digits, _, . and -"),
  ),
  access: v.pipe(
    v.array(v.strictObject({ secret: v.optional(ref), folder: v.optional(folder), operations })),
    v.minLength(1, "must name a secret or a folder"),
  ),
});

/**
 * Reads a manifest from a file: YAML, JSON, TOML, or a module of JavaScript or TypeScript.
 *
 * @throws ConfigError with line and column of what is wrong; InvalidValueError as `defineAccess`
 */
export async function readAccessManifest(file: string): Promise<AccessManifest> {
  const { data, position } = await parseConfigFile(file);
  const input = await checkBySchema(manifestSchema, data, { label: file, path: [], position });
  return defineAccess(input as AccessInput);
}

function isRead(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (isSecretError(error)) return false;
    throw error;
  }
}
