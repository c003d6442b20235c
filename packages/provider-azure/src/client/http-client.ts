import type { IncomingMessage } from "node:http";
import { request as httpsRequest, type Agent, type RequestOptions } from "node:https";
import type { SecretClientOptions } from "@azure/keyvault-secrets";
import { azureError } from "../errors/azure-error.js";

type HttpClient = NonNullable<SecretClientOptions["httpClient"]>;
type Request = Parameters<HttpClient["sendRequest"]>[0];
type Response = Awaited<ReturnType<HttpClient["sendRequest"]>>;
type Headers = Response["headers"];

/**
 * Largest answer that is read, in bytes. The largest of Key Vault is a backup of 500 versions of
 * 25 KB, some 20 MB; nothing else that answers at the address can fill this process's memory.
 */
const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * Sends the SDK's requests with node:https. The SDK's own client reads answers of any size, leaves
 * their buffers as they are, and takes noticeably more CPU for each.
 */
export function createHttpClient(vault: URL, limitBytes = maxAnswerBytes): HttpClient {
  const { origin, port } = vault;
  const address: Address = { origin, port, hostname: vault.hostname.replace(/^\[|\]$/gu, "") };
  return {
    async sendRequest(request) {
      // The only place from which a token could go anywhere.
      if (!request.url.startsWith(`${origin}/`)) throw elsewhere();
      return exchange(request, address, limitBytes);
    },
  };
}

/** Where every request goes, whatever its address says. */
interface Address {
  readonly origin: string;
  readonly hostname: string;
  readonly port: string;
}

function elsewhere(): Error {
  return azureError("Internal", "A request for another host than the vault was not sent.", {
    reason: "foreign-address",
    advice: "Report it to the maintainers of the provider.",
  });
}

function exchange(request: Request, vault: Address, limitBytes: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { abortSignal, body } = request;
    const text = typeof body === "string" ? body : undefined;
    const outgoing = httpsRequest(optionsOf(request, vault, text), (incoming) => {
      readBody(incoming, limitBytes).then((bodyAsText) => {
        resolve(toResponse(request, incoming, bodyAsText));
      }, reject);
    });
    // Cheaper than Node's option `signal`, which watches the whole stream.
    const onAbort = (): void => {
      outgoing.destroy(abortError());
    };
    abortSignal?.addEventListener("abort", onAbort);
    outgoing.on("error", reject);
    outgoing.on("close", () => abortSignal?.removeEventListener("abort", onAbort));
    outgoing.end(text);
    if (abortSignal?.aborted === true) onAbort();
  });
}

function optionsOf(request: Request, vault: Address, text: string | undefined): RequestOptions {
  const headers = request.headers.toJSON({ preserveCase: true });
  if (text !== undefined) headers["Content-Length"] = String(Buffer.byteLength(text));
  // Answers are small; unpacking them would cost more than it saves.
  headers["Accept-Encoding"] = "identity";
  return {
    hostname: vault.hostname,
    port: vault.port,
    path: request.url.slice(vault.origin.length),
    method: request.method,
    headers,
    ...(request.agent === undefined ? {} : { agent: request.agent as Agent }),
    ...request.requestOverrides,
  };
}

function abortError(): Error {
  return Object.assign(new Error("The request was aborted."), { name: "AbortError" });
}

function toResponse(request: Request, incoming: IncomingMessage, bodyAsText: string): Response {
  return {
    request,
    status: incoming.statusCode ?? 0,
    headers: new AnswerHeaders(incoming),
    bodyAsText,
  };
}

/** Reads an answer to its end and zeroes the buffers that it came in. */
function readBody(incoming: IncomingMessage, limitBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const erase = (): void => chunks.forEach((chunk) => chunk.fill(0));
    const fail = (error: Error): void => {
      erase();
      reject(error);
    };
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size <= limitBytes) return;
      incoming.destroy();
      fail(tooLarge(limitBytes));
    });
    incoming.on("end", () => {
      if (!incoming.complete) return;
      resolve(decode(chunks, size));
      erase();
    });
    incoming.on("error", (error: Error) => fail(error.name === "AbortError" ? error : truncated()));
    // After the end this changes nothing any more.
    incoming.on("close", () => {
      if (!incoming.complete) fail(truncated());
    });
  });
}

function decode(chunks: readonly Buffer[], size: number): string {
  const [first] = chunks;
  if (first === undefined) return "";
  if (chunks.length === 1) return first.toString("utf8");
  // Not Buffer.concat, which takes small ones from a pool that is never erased.
  const whole = Buffer.alloc(size);
  let offset = 0;
  for (const chunk of chunks) offset += chunk.copy(whole, offset);
  const text = whole.toString("utf8");
  whole.fill(0);
  return text;
}

function truncated(): Error {
  return azureError(
    "Unavailable",
    "The connection to Key Vault ended in the middle of its answer.",
    {
      reason: "answer-truncated",
      advice: "Try again; if it stays so, look at the proxy or gateway in between.",
    },
  );
}

function tooLarge(limitBytes: number): Error {
  return azureError("TooLarge", `The answer is larger than ${limitBytes} bytes.`, {
    reason: "answer-too-large",
    advice: "Check that the address is Key Vault's.",
  });
}

/** Headers of an answer, in the form that the SDK reads. */
class AnswerHeaders implements Headers {
  readonly #headers: Record<string, string>;

  constructor({ headers }: IncomingMessage) {
    // Node has lower-cased the names; only cookies, which nobody reads here, are no plain text.
    this.#headers = headers as Record<string, string>;
  }

  get(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, value: string | number | boolean): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  delete(name: string): void {
    delete this.#headers[name.toLowerCase()];
  }

  toJSON(): Record<string, string> {
    return { ...this.#headers };
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return Object.entries(this.#headers)[Symbol.iterator]();
  }
}
