import type { SecretClient, SecretProperties } from "@azure/keyvault-secrets";
import { azureError } from "../errors/azure-error.js";

/** Largest page that Key Vault gives. */
export const nativePageSize = 25;

/** One page of Key Vault. */
export interface NativePage {
  readonly properties: readonly SecretProperties[];
  /** Path and query of the next page; empty at the end. */
  readonly nextLink: string;
}

/** Either listing of the SDK. */
export type NativeListing = (
  client: SecretClient,
  options: Parameters<SecretClient["listPropertiesOfSecrets"]>[0],
) => ReturnType<SecretClient["listPropertiesOfSecrets"]>;

/** What the request for a further page is to know. */
export interface PageRequest {
  readonly signal: AbortSignal;
  /** Told the text of the answer. */
  readonly onAnswer: (body: string | null | undefined) => void;
}

const requests = new Map<string, PageRequest>();
let count = 0;

/**
 * Reads one page, the first for an empty link.
 *
 * The SDK applies its options, such as the signal, to the first page only, and keeps the link to the
 * next one to itself. So each page is a listing of its own, and the request of a further one is
 * found again by a mark behind its address, which {@link takePageRequest} removes.
 */
export async function readPage(
  client: SecretClient,
  list: NativeListing,
  options: { readonly link: string; readonly signal: AbortSignal; readonly size?: number },
): Promise<NativePage> {
  const { link, signal, size = nativePageSize } = options;
  let nextLink = "";
  const onAnswer: PageRequest["onAnswer"] = (body) => {
    nextLink = parseNextLink(body);
  };
  if (link === "") {
    const first = await list(client, {
      abortSignal: signal,
      onResponse: ({ bodyAsText }) => onAnswer(bodyAsText),
    })
      .byPage({ maxPageSize: size })
      .next();
    return { properties: valueOf(first), nextLink };
  }
  count += 1;
  const mark = `page-${count}`;
  requests.set(mark, { signal, onAnswer });
  try {
    const further = await list(client, {})
      .byPage({ continuationToken: `${client.vaultUrl}${link}#${mark}` })
      .next();
    return { properties: valueOf(further), nextLink };
  } finally {
    requests.delete(mark);
  }
}

/** The address without its mark, and what belongs to it. */
export function takePageRequest(address: string): {
  readonly url: string;
  readonly page: PageRequest | undefined;
} {
  const index = address.lastIndexOf("#");
  if (index === -1) return { url: address, page: undefined };
  return { url: address.slice(0, index), page: requests.get(address.slice(index + 1)) };
}

function valueOf(
  result: IteratorResult<readonly SecretProperties[], unknown>,
): readonly SecretProperties[] {
  return result.done === true ? [] : result.value;
}

/**
 * Path and query of the link. Its host is not looked at: behind a gateway or an own domain, the
 * vault calls itself by another name, and the token goes to the configured one only.
 */
function parseNextLink(body: string | null | undefined): string {
  let nextLink: unknown;
  try {
    ({ nextLink } = JSON.parse(body ?? "") as { readonly nextLink?: unknown });
  } catch {
    // The SDK reads the same text, and says what is wrong with it.
  }
  if (typeof nextLink !== "string") return "";
  const url = URL.canParse(nextLink) ? new URL(nextLink) : undefined;
  if (url !== undefined && /^\/secrets\b/u.test(url.pathname))
    return `${url.pathname}${url.search}`;
  throw azureError("Corrupt", "A page of Key Vault leads to something that is no page.", {
    reason: "foreign-link",
    advice: "Check what is in front of the vault; the link was not followed.",
  });
}
