import type { Clock, Logger } from "@kinko/core";
import { vaultError } from "../errors/vault-error.js";
import { withoutLogins, type AuthMethod } from "./auth-method.js";
import { checkTokenText } from "./token-text.js";

/** How long a token is used before the file is looked at again, in milliseconds. */
const recheckMs = 1_000;

/** No token is this long; something else would be read into memory. */
const maxFileBytes = 64 * 1024;

/**
 * A token in a file that somebody else renews: `vault login`, Vault Agent's sink, an orchestrator.
 * The file is looked at once a second at most, and at once when Vault refuses the token.
 */
export function tokenFile(
  file: string,
  dependencies: { readonly clock: Clock; readonly logger: Logger },
): AuthMethod {
  const { clock, logger } = dependencies;
  let known:
    | { readonly token: string; readonly stamp: string; readonly checkedAtMs: number }
    | undefined;
  let warned = false;

  const read = async (): Promise<string> => {
    const { open } = await import("node:fs/promises");
    const handle = await open(file, "r").catch(() => {
      throw vaultError(
        "Unauthenticated",
        "There is no Vault token: the token file cannot be read.",
        {
          reason: "no-token",
          advice: "Log in with `vault login`, set VAULT_TOKEN, or set the option auth.",
        },
      );
    });
    try {
      const { mtimeMs, size, ino, mode } = await handle.stat();
      const stamp = `${mtimeMs}/${size}/${ino}`;
      const checkedAtMs = clock.monotonicMs();
      if (known?.stamp === stamp) {
        known = { ...known, checkedAtMs };
        return known.token;
      }
      if ((mode & 0o077) !== 0 && !warned && process.platform !== "win32") {
        warned = true;
        logger.warn("The Vault token file can be read by other users; give it mode 0600.");
      }
      const text = size > maxFileBytes ? "" : await handle.readFile("utf8");
      const token = checkTokenText(text, "the token file");
      known = { token, stamp, checkedAtMs };
      return token;
    } finally {
      await handle.close();
    }
  };

  return {
    ...withoutLogins,
    async token() {
      if (known !== undefined && clock.monotonicMs() - known.checkedAtMs < recheckMs)
        return known.token;
      return read();
    },
    async replace(token) {
      known = undefined;
      return (await read()) !== token;
    },
    close() {
      known = undefined;
      return Promise.resolve();
    },
  };
}
