import type { EngineMeaning } from "../engine/engine-calls.js";

/** What Vault 1.21.1 says about tokens. */
export const tokenMeanings: readonly EngineMeaning[] = [
  {
    pattern: /batch tokens cannot be renewed/u,
    code: "Unsupported",
    reason: "batch-token-not-renewable",
    field: "token",
    what: "A batch token cannot be renewed: Vault stores nothing of it.",
    advice: "Make a new one before this one ends, or a service token if it has to live on.",
  },
  {
    pattern: /batch tokens cannot be revoked/u,
    code: "Unsupported",
    reason: "batch-token-not-revocable",
    field: "token",
    what: "A batch token cannot be revoked: Vault stores nothing of it.",
    advice: "It ends with its TTL, or with the token that made it unless it is an orphan.",
  },
  {
    pattern: /lease is not renewable/u,
    code: "Unsupported",
    reason: "token-not-renewable",
    field: "token",
    what: "This token cannot be renewed: it is a batch or root token, or was made so.",
    advice: "Make a new one, with renewable, before this one ends.",
  },
  {
    pattern: /bad token|invalid token|token not found/iu,
    code: "NotFound",
    reason: "token-not-found",
    field: "token",
    what: "Vault does not know this token: it has ended, was revoked, or never was one.",
    advice: "Log in again, or make a new one.",
  },
  {
    pattern: /invalid accessor|no token entry found|failed to find accessor/iu,
    code: "NotFound",
    reason: "accessor-not-found",
    field: "accessor",
    what: "Vault has no token with this accessor.",
    advice: "It may have ended; list the accessors.",
  },
  {
    pattern: /unknown role/u,
    code: "NotFound",
    reason: "role-not-found",
    field: "role",
    what: "Vault has no token role of this name.",
    advice: "List the roles, or write this one.",
  },
  {
    pattern: /root or sudo privileges required/u,
    code: "PermissionDenied",
    reason: "sudo-required",
    what: "This kind of token may only be made with sudo on auth/token/create.",
    advice: "Make it by a token role that allows it, or ask for sudo on that path.",
  },
  {
    pattern:
      /child policies must be subset of parent|must be subset of the role's|is disallowed by this role/u,
    code: "PermissionDenied",
    reason: "policies-not-allowed",
    field: "policies",
    what: "A token may only hand on policies that it, or its role, has.",
    advice: "Ask for fewer policies, or add them to the role.",
  },
  {
    pattern: /batch tokens cannot have/u,
    code: "InvalidValue",
    reason: "batch-token-option",
    field: "type",
    what: "A batch token cannot have one of these settings.",
    advice: "Leave out period and number of uses, or make a service token.",
  },
];
