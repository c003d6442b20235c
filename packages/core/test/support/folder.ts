import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for one test, with the given files; it is removed when the test ends. */
export async function folder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "kinko-core-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = join(root, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return root;
}

/** The files of a package in `node_modules`. */
export function installed(
  name: string,
  source: string,
  manifest: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({
      name,
      version: "1.0.0",
      type: "module",
      exports: "./index.js",
      ...manifest,
    }),
    [`node_modules/${name}/index.js`]: source,
  };
}

/**
 * Source of a provider that needs no import: it answers every `get` with the JSON of its options.
 * The schema is a Standard Schema without a library: `token`, when given, must be a string.
 */
export const fakeProviderSource = `
const schema = { "~standard": { version: 1, vendor: "fake", validate: (value) => {
  const issues = Object.keys(value).filter((key) => !["token", "port", "name"].includes(key))
    .map((key) => ({ message: "unknown", code: "unrecognized_keys", keys: [key], path: [] }));
  if (value.token !== undefined && typeof value.token !== "string")
    issues.push({ message: "token was " + JSON.stringify(value.token), path: ["token"] });
  if (value.port !== undefined && typeof value.port !== "number")
    issues.push({ message: "the port " + value.port + " is no number", path: ["port"] });
  return issues.length > 0 ? { issues } : { value };
} } };
const features = Object.fromEntries(["versions", "checkAndSet", "softDelete", "undelete",
  "deleteVersion", "destroyVersion", "purge", "tags", "patch", "bulkGet", "watch", "permissions"]
  .map((name) => [name, { support: "unsupported", reason: "It is only a fake." }]));
export const provider = { name: "fake", options: schema, create: (options) => ({
  capabilities: { features, limits: { source: "fake" }, extensions: {} },
  get: async () => { throw new Error("the token is " + options.token); },
  put: async () => ({}), delete: async () => {}, async *list() {},
  health: async () => ({ status: "healthy", message: JSON.stringify(options), details: {} }),
  classifyError: () => ({ code: "Unavailable" }), close: async () => {},
}) };
Object.defineProperty(provider, Symbol.for("kinko.ProviderFactory"), { value: true });
`;
