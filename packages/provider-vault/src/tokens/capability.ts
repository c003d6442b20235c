import { lazyMethods } from "../engine/lazy.js";
import type { EngineContext } from "../engines.js";
import type { TokensCapability } from "./types.js";

/** Tokens; nothing of the code is loaded before the first call. */
export function tokensCapability(engine: EngineContext): TokensCapability {
  return lazyMethods<TokensCapability>(
    async () => (await import("./tokens.js")).createTokens(engine),
    {
      create: true,
      createWrapped: true,
      lookupSelf: true,
      lookup: true,
      lookupAccessor: true,
      renewSelf: true,
      renew: true,
      renewAccessor: true,
      revokeSelf: true,
      revoke: true,
      revokeAccessor: true,
      revokeOrphan: true,
      listAccessors: true,
      tidy: true,
      writeRole: true,
      readRole: true,
      listRoles: true,
      deleteRole: true,
    },
  );
}
