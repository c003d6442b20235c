import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestCertificates } from "@kinko/servers";
import { onTestFinished } from "vitest";
import {
  startKeyVaultServer,
  type KeyVaultServer,
  type KeyVaultServerOptions,
} from "../../src/azure-key-vault/index.js";

const folder = await mkdtemp(join(tmpdir(), "kinko-key-vault-"));
const { ca, certificateFile, keyFile } = await createTestCertificates(folder);
const tls = { cert: await readFile(certificateFile), key: await readFile(keyFile) };
await rm(folder, { recursive: true, force: true });

/** An answer, with its body parsed when it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // The tests look into it as they please.
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a request may say beside method and path. */
export interface CallOptions {
  readonly body?: unknown;
  /** Undefined: a good one; null: none. */
  readonly token?: string | null | undefined;
  readonly apiVersion?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A vault for one test, and a way to call it without any SDK. */
export interface TestVault {
  readonly server: KeyVaultServer;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
}

/** Starts a vault that ends with the test. */
export async function startTestVault(
  options: Omit<KeyVaultServerOptions, "tls"> = {},
): Promise<TestVault> {
  const server = await startKeyVaultServer({ tls, ...options });
  const agent = new Agent({ ca, keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    await server.close();
  });
  return {
    server,
    async call(method, path, { body, token, apiVersion = "7.5", headers = {} } = {}) {
      const url = new URL(path, server.url);
      if (apiVersion !== null && !url.searchParams.has("api-version")) {
        url.searchParams.set("api-version", apiVersion);
      }
      const bearer = token === undefined ? server.issueToken() : token;
      return send(url, {
        agent,
        method,
        headers: {
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        text: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
      });
    },
  };
}

function send(
  url: URL,
  options: {
    readonly agent: Agent;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string | undefined;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ...options }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => (text += chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text,
          body: parse(text),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(options.text);
  });
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** What a failure says, in the form that Microsoft documents. */
export function errorOf({ body }: Answer): { readonly code: unknown; readonly inner: unknown } {
  const { code, innererror } = body["error"] as {
    readonly code: unknown;
    readonly innererror?: { readonly code: unknown };
  };
  return { code, inner: innererror?.code };
}
