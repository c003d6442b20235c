import { afterAll, onTestFinished, TestRunner } from "vitest";
import { prepareVaultBinary } from "../vault/find.js";
import type { VaultServer } from "../vault/server.js";
import { startStoredVault, startVaultTls } from "../vault/stored.js";
import { addRealServer, markRealServer } from "./mark.js";

/**
 * A Vault of the caller's own, to seal, restart or kill: with file storage, initialised and unsealed,
 * optionally over https.
 *
 * Call it at the top of a test file, with `await`: it then serves that file, marks its tests, and is
 * stopped after them. Or call it in a test, and it is stopped after that test. Not in a `beforeAll`:
 * no hook can be added from there, so it would run until the file's process ends.
 *
 * @throws ServerUnavailableError when there is no Vault on this machine and none can be built
 *
 * @example
 * ```ts
 * const vault = await startOwnVault();
 *
 * test("is sealed after a restart", async () => {
 *   await vault.restart();
 *   expect((await vault.request("GET", "sys/health")).status).toBe(503);
 * });
 * ```
 */
export async function startOwnVault(
  options: { readonly tls?: boolean } = {},
): Promise<VaultServer> {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) markRealServer("vault");
  else addRealServer(test, "vault");
  const binary = await prepareVaultBinary();
  const vault = await (options.tls === true ? startVaultTls : startStoredVault)({ binary });
  if (test === undefined) afterAll(() => vault.stop());
  else onTestFinished(() => vault.stop());
  return vault;
}
