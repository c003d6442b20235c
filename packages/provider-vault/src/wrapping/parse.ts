import { Secret } from "@kinko/core";
import { isObject, type JsonObject } from "../client/answer.js";
import {
  dateOf,
  invalid,
  malformedAnswer,
  neededText,
  numberOf,
  textOf,
} from "../engine/fields.js";
import type { Unwrapped, WrappedToken, WrappingInfo } from "./types.js";

/** Vault's own default maximum for tokens, 32 days, holds for wrapping tokens too. */
const maxWrapTtlSeconds = 2_764_800;

/** Checks the life of a wrapping token. @throws InvalidValueError, before any request */
export function wrapTtl(seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= maxWrapTtlSeconds) return seconds;
  throw invalid(
    "wrapTtlSeconds",
    "invalid-duration",
    `Write a whole number of seconds from 1 to ${maxWrapTtlSeconds}; 300 is usual.`,
  );
}

export function parseWrapped(body: JsonObject): WrappedToken {
  const info = body["wrap_info"];
  // Without it the answer is the secret itself, which must not pass for a token.
  if (!isObject(info)) throw malformedAnswer();
  return {
    token: Secret.text(neededText(info, "token")),
    accessor: textOf(info, "accessor"),
    wrappedAccessor: textOf(info, "wrapped_accessor"),
    creationPath: neededText(info, "creation_path"),
    ...times(numberOf(info, "ttl"), dateOf(info["creation_time"])),
  };
}

export function parseWrappingInfo(data: JsonObject): WrappingInfo {
  return {
    creationPath: neededText(data, "creation_path"),
    ...times(numberOf(data, "creation_ttl"), dateOf(data["creation_time"])),
  };
}

function times(
  ttlSeconds: number,
  createdAt: Date | undefined,
): Pick<WrappingInfo, "ttlSeconds" | "createdAt" | "expiresAt"> {
  const expiresAt =
    createdAt === undefined ? undefined : new Date(createdAt.getTime() + ttlSeconds * 1_000);
  return { ttlSeconds, createdAt, expiresAt };
}

export function parseUnwrapped(body: JsonObject): Unwrapped {
  const { data, auth } = body;
  return {
    data: isObject(data) ? Secret.json(data) : undefined,
    token: isObject(auth) ? Secret.text(neededText(auth, "client_token")) : undefined,
    accessor: isObject(auth) ? textOf(auth, "accessor") : undefined,
    leaseId: textOf(body, "lease_id"),
    leaseSeconds: isObject(auth)
      ? numberOf(auth, "lease_duration")
      : numberOf(body, "lease_duration"),
  };
}
