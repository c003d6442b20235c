import { readFileSync } from "node:fs";
import { ServerUnavailableError } from "../errors.js";
import type { VaultAccess } from "./api.js";
import { vaultRequest } from "./api.js";
import type { VaultEndpoint } from "./server.js";

/**
 * The Vault that `KINKO_TEST_VAULT_ADDR` names, with `KINKO_TEST_VAULT_TOKEN`, a token that may mount
 * engines, and `KINKO_TEST_VAULT_CACERT`, a PEM file, where its certificate needs one. Undefined when
 * no address is set.
 *
 * Tests mount engines of their own in it and remove them; they leave the rest of it alone.
 *
 * @throws ServerUnavailableError when the server is named and cannot be used
 */
export async function externalVault(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<VaultEndpoint | undefined> {
  const address = environment["KINKO_TEST_VAULT_ADDR"];
  const rootToken = environment["KINKO_TEST_VAULT_TOKEN"];
  const caFile = environment["KINKO_TEST_VAULT_CACERT"];
  if (address === undefined || address === "") return undefined;
  if (rootToken === undefined || rootToken === "") {
    throw new ServerUnavailableError(
      "KINKO_TEST_VAULT_ADDR is set without KINKO_TEST_VAULT_TOKEN. Set both, or neither to have a Vault started.",
    );
  }
  const ca = caFile === undefined || caFile === "" ? undefined : readFileSync(caFile, "utf8");
  const access: VaultAccess = { address, token: rootToken, ...(ca === undefined ? {} : { ca }) };
  return {
    address,
    rootToken,
    version: await readVersion(access),
    ...(ca === undefined || caFile === undefined ? {} : { ca, caFile }),
    request: (method, path, body) => vaultRequest(access, method, path, body),
  };
}

async function readVersion(access: VaultAccess): Promise<string> {
  const health = await vaultRequest(access, "GET", "sys/health").catch(() => undefined);
  const version = health?.body["version"];
  if (health?.status !== 200 || typeof version !== "string") {
    const answer =
      health === undefined ? "does not answer" : `answers ${health.status} to sys/health`;
    throw new ServerUnavailableError(
      `The Vault that KINKO_TEST_VAULT_ADDR names ${answer}. Start and unseal it, or unset the variable.`,
    );
  }
  return version;
}
