import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readBundleContents } from "../../tools/build/state.mjs";
import { isFile } from "../../tools/lib/workspace.mjs";
import { runNode } from "./process.mjs";

/** The clients of secret services, and what they bring along. */
const vendorPackages =
  /[\\/]node_modules[\\/](node-vault|axios|undici|@aws-sdk|@smithy|@azure|@azure-rest|@typespec|@google-cloud|google-gax|google-auth-library|@grpc)[\\/]/;

const recorder = pathToFileURL(
  join(dirname(fileURLToPath(import.meta.url)), "record-modules.mjs"),
).href;

/**
 * The files that a Node process loads, whether by `import` or by `require`. A bundled file stands for
 * the modules that the build put into it, so that bundling hides nothing.
 *
 * @param {string[]} args of node
 * @param {import("./process.mjs").ProcessOptions} [options]
 * @param {Map<string, string[]>} [contents] built file → modules in it; as the build recorded it unless told
 * @returns {Promise<string[]>} absolute paths, sorted, without Node's own modules
 * @throws {Error} when the process fails, or when nothing was recorded
 */
export async function loadedModules(args, options = {}, contents = readBundleContents()) {
  const folder = mkdtempSync(join(tmpdir(), "kinko-modules-"));
  try {
    const record = join(folder, "modules.txt");
    const env = { ...(options.env ?? process.env), KINKO_BENCH_RECORD: record };
    await runNode(["--import", recorder, ...args], { ...options, env });
    if (!isFile(record)) throw new Error(`node ${args.join(" ")} recorded no modules.`);
    const files = readFileSync(record, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("file:"))
      .map((url) => fileURLToPath(url));
    const all = new Set(files.flatMap((file) => [file, ...(contents.get(file) ?? [])]));
    return [...all].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} modules
 * @returns {string[]} those of a vendor's client
 */
export function vendorModules(modules) {
  return modules.filter((path) => vendorPackages.test(path));
}
