import type { HttpResponse } from "../transport/exchange.js";
import { vaultError } from "../errors/vault-error.js";

/** A JSON object from Vault. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An answer of Vault, parsed. */
export interface VaultAnswer {
  readonly status: number;
  /** The body; an empty object when there is none. */
  readonly body: JsonObject;
  /** `data` of the body. */
  readonly data: JsonObject | undefined;
  /** Vault's messages, to be compared with known ones and never shown: they can quote the request. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** State of the cluster after this request, from Enterprise. */
  readonly index: string | undefined;
}

/**
 * Parses an answer.
 * @throws Unavailable or Corrupt when a good status, 403 or 404 comes with what is not Vault's JSON
 */
export function parseAnswer(response: HttpResponse): VaultAnswer {
  const { status, headers } = response;
  const body = parseBody(response);
  // A proxy's 404 must never be taken for a secret that is not there, nor its 403 for a policy's.
  if ((status === 403 || status === 404) && !isVaultBody(body)) throw notVault();
  const requestId = asText(body["request_id"]) ?? asText(headers["x-vault-request-id"]);
  const errors = asTexts(body["errors"]);
  return {
    status,
    body,
    data: isObject(body["data"]) ? body["data"] : undefined,
    // Some of Vault's answers, and most of a proxy's, are plain text.
    errors:
      errors.length === 0 && status >= 400 && Object.keys(body).length === 0
        ? [response.text.slice(0, 2_000)]
        : errors,
    warnings: asTexts(body["warnings"]),
    requestId: requestId !== undefined && /^[\w-]{1,64}$/u.test(requestId) ? requestId : undefined,
    retryAfterMs: parseRetryAfter(asText(headers["retry-after"])),
    index: asText(headers["x-vault-index"]),
  };
}

function parseBody({ status, headers, text }: HttpResponse): JsonObject {
  if (text.trim() === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The engine's message quotes the body.
    body = undefined;
  }
  if (isObject(body)) return body;
  // The status says enough when it is a failure.
  if (status >= 400) return {};
  if (/json/iu.test(headers["content-type"] ?? "")) {
    throw vaultError("Corrupt", "Vault's answer is not complete JSON.", {
      reason: "answer-malformed",
      retryable: true,
      advice: "Try again; if it stays so, look at the proxy or load balancer in between.",
    });
  }
  throw notVault();
}

/** Whether a failure has what Vault always sends with one: its errors, or the frame of an answer. */
function isVaultBody(body: JsonObject): boolean {
  return Array.isArray(body["errors"]) || typeof body["request_id"] === "string";
}

/** Something else answered in Vault's place, with a status that Vault gives a meaning. */
export function notVault(): Error {
  return vaultError("Unavailable", "What answers at the address is not Vault.", {
    reason: "not-vault",
    advice: "Check the address and what is in front of Vault there.",
  });
}

function parseRetryAfter(text: string | undefined): number | undefined {
  // Vault sends seconds; a date, which HTTP allows too, would need two clocks that agree.
  return text !== undefined && /^\d{1,6}$/u.test(text) ? Number(text) * 1_000 : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
