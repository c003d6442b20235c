import type { ProviderContext } from "@kinko/core";
import { createAuth } from "../auth/create-auth.js";
import type { VaultSettings } from "../settings.js";
import { createHttpTransport } from "../transport/http-transport.js";
import { createNodeVaultSender } from "../transport/node-vault.js";
import { loadTlsMaterial } from "../transport/tls.js";
import { VaultClient } from "./vault-client.js";

/** Puts transport, authentication and client together. Nothing is opened before the first request. */
export function connect(
  settings: VaultSettings,
  context: ProviderContext,
): { readonly client: VaultClient; readonly close: () => void } {
  const { clock, logger, timeoutMs } = context;
  warnOfRisks(settings, context);
  const transport = createHttpTransport({
    origin: new URL(settings.base.origin),
    tls: () => loadTlsMaterial(settings.tls),
  });
  const send = createNodeVaultSender(settings.base, transport);
  const auth = createAuth(settings.auth, {
    clock,
    logger,
    env: context.env,
    timeoutMs,
    request: (request) => client.request(request),
  });
  const client: VaultClient = new VaultClient({
    send,
    auth,
    namespace: settings.namespace,
    sendsNamespaces: settings.pathPrefix.length === 0,
    monotonicMs: () => clock.monotonicMs(),
  });
  return { client, close: () => transport.close() };
}

function warnOfRisks(settings: VaultSettings, { logger, env }: ProviderContext): void {
  const skipVerify = env["VAULT_SKIP_VERIFY"] ?? "";
  if (/^(1|t|true)$/iu.test(skipVerify)) {
    logger.warn(
      "VAULT_SKIP_VERIFY is ignored: certificates are always checked. Set tls.caFile for a private authority.",
    );
  }
  const { protocol, hostname } = settings.base;
  if (protocol === "http:" && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u.test(hostname)) {
    logger.warn("The address of Vault is http: token and secrets travel without encryption.");
  }
}
