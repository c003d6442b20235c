import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/** Where and as whom a request is sent. */
export interface VaultAccess {
  /** `http://127.0.0.1:8200` */
  readonly address: string;
  readonly token?: string;
  /** Certificate authority in PEM form, for https with a private one. */
  readonly ca?: string;
}

export interface VaultResponse {
  readonly status: number;
  /** The parsed JSON body; an empty object when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

const timeoutMs = 10_000;

/**
 * One request to Vault's HTTP API, for setting tests up. It answers every status; a rejection means
 * that no answer came.
 *
 * @param path below `/v1/`, already encoded: `sys/mounts/kv`
 */
export function vaultRequest(
  access: VaultAccess,
  method: "GET" | "POST" | "PUT" | "DELETE" | "LIST",
  path: string,
  body?: unknown,
): Promise<VaultResponse> {
  const url = new URL(`/v1/${path}`, access.address);
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        method,
        // A connection per request: a kept one would hold the test process, and break on a restart.
        agent: false,
        timeout: timeoutMs,
        ...(access.ca === undefined ? {} : { ca: access.ca }),
        headers: {
          "X-Vault-Request": "true",
          ...(access.token === undefined ? {} : { "X-Vault-Token": access.token }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            body: parseObject(Buffer.concat(chunks).toString("utf8")),
          });
        });
      },
    );
    request.once("timeout", () =>
      request.destroy(new Error(`Vault did not answer within ${timeoutMs} ms.`)),
    );
    request.once("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
