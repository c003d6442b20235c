import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isFile, workspaceRoot } from "../../tools/lib/workspace.mjs";

/** @typedef {import("./figures.mjs").Figure} Figure */

/**
 * What a group of figures works with: the built packages, and what was asked for.
 *
 * @typedef {object} Context
 * @property {any} core
 * @property {any} vault the provider package
 * @property {any} servers
 * @property {any} faults `@kinko/testing/faults`
 * @property {number} minutes
 * @property {number} seed
 */

/** @typedef {{ run(context: Context): Promise<Figure[]> }} Group */

/** @returns {Promise<Omit<Context, "minutes" | "seed">>} */
export async function loadWorkspace() {
  const [core, vault, servers, faults] = await Promise.all(
    [
      "packages/core/dist/index.js",
      "packages/provider-vault/dist/index.js",
      "tools/servers/dist/index.js",
      "packages/testing/dist/faults/index.js",
    ].map((path) => import(pathToFileURL(builtFile(path)).href)),
  );
  return { core, vault, servers, faults };
}

/**
 * A store in front of a Vault, with KV version 1 at `kv`, where one write is one request.
 *
 * @param {Pick<Context, "core" | "vault">} context
 * @param {{ address: string, token: string }} access
 * @param {object} [options] of `createStore`
 */
export async function openVaultStore({ core, vault }, { address, token }, options = {}) {
  const driver = await vault.provider.create(
    { address, mount: "kv", kvVersion: 1, auth: { method: "token", token } },
    {
      clock: core.systemClock,
      logger: core.silentLogger,
      directory: workspaceRoot,
      env: {},
      timeoutMs: 10_000,
    },
  );
  return core.createStore("vault", driver, options);
}

/** @param {{ request(method: string, path: string, body: unknown): Promise<unknown> }} server */
export async function mountKv(server) {
  await server.request("POST", "sys/mounts/kv", { type: "kv", options: { version: "1" } });
}

/** @param {string} path inside the workspace */
export function builtFile(path) {
  const absolute = join(workspaceRoot, path);
  if (isFile(absolute)) return absolute;
  throw new Error(`${path} does not exist. Run: npx -y pnpm@12.21.0 build`);
}
