import { ServerStartError } from "../errors.js";
import type { VaultAccess } from "./api.js";
import { vaultRequest } from "./api.js";

/** Initialises a Vault with one key share. */
export async function initialise(
  access: VaultAccess,
): Promise<{ rootToken: string; unsealKey: string }> {
  const { status, body } = await vaultRequest(access, "PUT", "sys/init", {
    secret_shares: 1,
    secret_threshold: 1,
  });
  const keys = body["keys_base64"];
  const unsealKey: unknown = Array.isArray(keys) ? keys[0] : undefined;
  const rootToken = body["root_token"];
  if (typeof unsealKey !== "string" || typeof rootToken !== "string") {
    throw new ServerStartError(
      `Vault answered ${status} to sys/init. Check that it is HashiCorp Vault 1.x.`,
    );
  }
  return { rootToken, unsealKey };
}
