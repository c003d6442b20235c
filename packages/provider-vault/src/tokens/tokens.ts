import type { TokenHold } from "../auth/token-holds.js";
import type { EngineContext } from "../engines.js";
import { EngineCalls, type VaultCallOptions } from "../engine/engine-calls.js";
import { duration, invalid, keysOf } from "../engine/fields.js";
import { encodeName } from "../engine/names.js";
import { tokenText, type TokenInput } from "../engine/token-text.js";
import { vaultError } from "../errors/vault-error.js";
import { parseWrapped, wrapTtl } from "../wrapping/parse.js";
import { creationBody, roleBody } from "./bodies.js";
import { tokenMeanings } from "./meanings.js";
import { parseCreated, parseInfo, parseRenewal, parseRole } from "./parse.js";
import type { CreateTokenOptions, RenewTokenOptions, TokensCapability } from "./types.js";

const place = (operation: string, ref?: string): { operation: string; ref?: string } =>
  ref === undefined ? { operation } : { operation, ref };

/** The token store; see `capability.ts`, which loads it. */
export function createTokens({ client, context }: EngineContext): TokensCapability {
  const { clock, timeoutMs } = context;
  const calls = new EngineCalls({ client, clock, timeoutMs }, tokenMeanings);

  let kept: TokenHold | undefined;
  /** What was made ends with the token that made it, which one hold of ours keeps `close` from revoking. */
  const keep = (hold: TokenHold | undefined): void => {
    if (kept === undefined || kept.isSucceeded()) kept = hold;
    else hold?.release();
  };

  const creation = (options: CreateTokenOptions) =>
    ({
      method: "POST",
      path:
        options.role === undefined
          ? "auth/token/create"
          : `auth/token/create/${encodeName(options.role, "role")}`,
      body: creationBody(options),
    }) as const;

  const post = async (name: string, path: string, body: unknown, options: VaultCallOptions) =>
    calls.ask(place(name), options, { method: "POST", path, body, namesToken: true });

  return {
    async create(options = {}) {
      let hold: TokenHold | undefined;
      const request = { ...creation(options), onHeld: (given: TokenHold) => (hold = given) };
      const created = parseCreated(await calls.ask(place("createToken"), options, request));
      if (created.orphan) hold?.release();
      else keep(hold);
      return created;
    },
    async createWrapped(options) {
      const wrapTtlSeconds = wrapTtl(options.wrapTtlSeconds);
      const answer = await calls.ask(place("createToken"), options, {
        ...creation(options),
        wrapTtlSeconds,
        onHeld: options.orphan === true ? undefined : keep,
      });
      return parseWrapped(answer.body);
    },
    async lookupSelf(options = {}) {
      const request = { method: "GET", path: "auth/token/lookup-self" } as const;
      return parseInfo((await calls.ask(place("lookupToken"), options, request)).data ?? {});
    },
    async lookup(token, options = {}) {
      const body = { token: tokenText(token) };
      return parseInfo((await post("lookupToken", "auth/token/lookup", body, options)).data ?? {});
    },
    async lookupAccessor(accessor, options = {}) {
      const body = { accessor: checkAccessor(accessor) };
      const path = "auth/token/lookup-accessor";
      return parseInfo((await post("lookupToken", path, body, options)).data ?? {});
    },
    async renewSelf(options = {}) {
      const path = "auth/token/renew-self";
      const request = { method: "POST", path, body: renewalBody(options) } as const;
      return parseRenewal(await calls.ask(place("renewToken"), options, request));
    },
    async renew(token, options = {}) {
      const body = { token: serviceToken(token, "renew"), ...renewalBody(options) };
      return parseRenewal(await post("renewToken", "auth/token/renew", body, options));
    },
    async renewAccessor(accessor, options = {}) {
      const body = { accessor: checkAccessor(accessor), ...renewalBody(options) };
      return parseRenewal(await post("renewToken", "auth/token/renew-accessor", body, options));
    },
    async revokeSelf(options = {}) {
      const request = { method: "POST", path: "auth/token/revoke-self" } as const;
      await calls.ask(place("revokeToken"), options, request);
    },
    async revoke(token, options = {}) {
      const body = { token: serviceToken(token, "revoke") };
      await post("revokeToken", "auth/token/revoke", body, options);
    },
    async revokeAccessor(accessor, options = {}) {
      const body = { accessor: checkAccessor(accessor) };
      const answer = await post("revokeToken", "auth/token/revoke-accessor", body, options);
      if (!answer.warnings.some((text) => /No token found/u.test(text))) return;
      throw vaultError("NotFound", "Vault has no token with this accessor.", {
        operation: "revokeToken",
        reason: "accessor-not-found",
        field: "accessor",
        requestId: answer.requestId,
        advice: "It may have ended; list the accessors.",
      });
    },
    async revokeOrphan(token, options = {}) {
      const body = { token: serviceToken(token, "revoke") };
      await post("revokeToken", "auth/token/revoke-orphan", body, options);
    },
    async listAccessors(options = {}) {
      const request = { method: "GET", path: "auth/token/accessors?list=true" } as const;
      return keysOf(await calls.ask(place("listAccessors"), options, request));
    },
    async tidy(options = {}) {
      const request = { method: "POST", path: "auth/token/tidy" } as const;
      await calls.ask(place("tidyTokens"), options, request);
    },
    async writeRole(name, role, options = {}) {
      const path = `auth/token/roles/${encodeName(name, "role")}`;
      const body = roleBody(role);
      await calls.ask(place("writeTokenRole", name), options, { method: "POST", path, body });
    },
    async readRole(name, options = {}) {
      const path = `auth/token/roles/${encodeName(name, "role")}`;
      const at = place("readTokenRole", name);
      const answer = await calls.ask(at, options, { method: "GET", path, accept: [404] });
      if (answer.status === 404) throw roleNotFound(at, answer.requestId);
      return parseRole(answer.data ?? {});
    },
    async listRoles(options = {}) {
      const request = { method: "GET", path: "auth/token/roles?list=true", accept: [404] } as const;
      return keysOf(await calls.ask(place("listTokenRoles"), options, request));
    },
    async deleteRole(name, options = {}) {
      const path = `auth/token/roles/${encodeName(name, "role")}`;
      const at = place("deleteTokenRole", name);
      await calls.run(at, options, async (send) => {
        const found = await send({ method: "GET", path, accept: [404] });
        if (found.status === 404) throw roleNotFound(at, found.requestId);
        await send({ method: "DELETE", path });
      });
    },
  };
}

function renewalBody({ incrementSeconds }: RenewTokenOptions): Readonly<Record<string, unknown>> {
  const increment = duration(incrementSeconds, "incrementSeconds", { min: 1 });
  return increment === undefined ? {} : { increment };
}

/** Vault's own accessors; what is none is not sent. */
function checkAccessor(accessor: string): string {
  if (typeof accessor === "string" && /^[\w.-]{1,256}$/u.test(accessor)) return accessor;
  throw invalid("accessor", "invalid-accessor", "Pass the accessor alone, and not the token.");
}

/** A batch token tells by its first letters, so that no request is needed. */
function serviceToken(token: TokenInput, verb: "renew" | "revoke"): string {
  const text = tokenText(token);
  if (!/^(?:hvb|b)\./u.test(text)) return text;
  const [what, advice] =
    verb === "renew"
      ? ["renewed", "Make a new one before this one ends, or a service token if it has to live on."]
      : ["revoked", "It ends with its TTL, or with the token that made it unless it is an orphan."];
  throw vaultError("Unsupported", `A batch token cannot be ${what}: Vault stores nothing of it.`, {
    operation: `${verb}Token`,
    reason: verb === "renew" ? "batch-token-not-renewable" : "batch-token-not-revocable",
    field: "token",
    advice,
  });
}

function roleNotFound(
  at: { readonly operation: string; readonly ref?: string },
  requestId: string | undefined,
): Error {
  return vaultError("NotFound", "Vault has no token role of this name.", {
    ...at,
    reason: "role-not-found",
    field: "role",
    requestId,
    advice: "List the roles, or write this one.",
  });
}
