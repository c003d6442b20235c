import { isSecretError } from "@kinko/core";
import type { VaultAnswer } from "../client/answer.js";
import type { VaultRequest } from "../client/vault-client.js";
import { vaultError } from "../errors/vault-error.js";

/** What opening a token needs; the token itself is the credential, so no login is needed. */
export interface OpenWrapped {
  readonly send: (request: Omit<VaultRequest, "signal">) => Promise<VaultAnswer>;
  readonly token: string;
  /** What is in it, for messages, such as `the secret id`. */
  readonly title?: string;
  /** Whether the token has certainly ended by itself. */
  readonly hasEnded?: () => boolean;
}

/** Where the token was made, and how long it lives; it stays closed. */
export async function lookupWrapped({ send, token, ...alarm }: OpenWrapped): Promise<VaultAnswer> {
  return send({
    method: "POST",
    path: "sys/wrapping/lookup",
    body: { token },
    credentials: { token },
  }).catch((error: unknown) => refused(error, alarm));
}

/** Opens the token, which uses it up. */
export async function openWrapped({ send, token, ...alarm }: OpenWrapped): Promise<VaultAnswer> {
  return send({ method: "POST", path: "sys/wrapping/unwrap", credentials: { token } }).catch(
    (error: unknown) => refused(error, alarm),
  );
}

/** Moves the content into another token. Vault has this done by a token of one's own. */
export async function rewrapWrapped({ send, token, ...alarm }: OpenWrapped): Promise<VaultAnswer> {
  return send({ method: "POST", path: "sys/wrapping/rewrap", body: { token } }).catch(
    (error: unknown) => {
      if (isSecretError(error, "InvalidValue")) refused(error, alarm);
      throw error;
    },
  );
}

/** A token that was made elsewhere than it should: it is left closed, as evidence. */
export function foreignToken(what: string): Error {
  return vaultError("Unauthenticated", what, {
    reason: "wrapping-token-foreign",
    field: "token",
    advice: "Treat it as tampered with: find out who handed it over, and create a new one.",
  });
}

type Alarm = Pick<OpenWrapped, "title" | "hasEnded">;

function refused(error: unknown, alarm: Alarm): never {
  const invalid =
    (isSecretError(error, "InvalidValue") && error.reason === "bad-request") ||
    isSecretError(error, "PermissionDenied") ||
    isSecretError(error, "Unauthenticated");
  throw invalid ? usedToken(error.requestId, alarm) : error;
}

/** Vault says the same of a token that was opened, has ended, or never existed. */
export function usedToken(requestId: string | undefined, { title, hasEnded }: Alarm): Error {
  const of = title === undefined ? "" : ` of ${title}`;
  if (hasEnded?.() === true) {
    return vaultError("Unauthenticated", `The wrapping token${of} has expired.`, {
      reason: "wrapping-token-expired",
      field: "token",
      requestId,
      advice: "Ask for a new one, and open it within its time.",
    });
  }
  return vaultError(
    "Unauthenticated",
    `The wrapping token${of} was used before, has expired, or never existed.`,
    {
      reason: "wrapping-token-used",
      field: "token",
      requestId,
      advice: `If this process did not use it, somebody else did and may have read what was in it: revoke ${title ?? "that"}, and create a new one.`,
    },
  );
}
