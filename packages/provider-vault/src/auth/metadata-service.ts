import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { vaultError } from "../errors/vault-error.js";

/** A machine has its metadata service at hand or has none: there is nothing to wait for. */
const timeoutMs = 2_000;
const maxBodyBytes = 256 * 1024;

/** One question to the metadata service of a cloud. */
export interface MetadataRequest {
  readonly url: string;
  readonly method?: "GET" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Whose service it is, for the message. */
  readonly cloud: "AWS" | "Azure" | "Google Cloud";
}

/**
 * Asks the metadata service of the machine that this runs on. No proxy is used and no redirect
 * followed: its answers are credentials.
 *
 * @throws UnauthenticatedError with reason `no-credentials` when there is none, or it refuses
 */
export async function askMetadataService(question: MetadataRequest): Promise<string> {
  let answer: { readonly status: number; readonly text: string };
  try {
    answer = await exchange(question);
  } catch {
    if (question.signal.aborted) throw question.signal.reason;
    throw absent(question.cloud, "does not answer");
  }
  if (answer.status === 200) return answer.text;
  throw absent(question.cloud, `answers with status ${answer.status}`);
}

/** The same, for an answer in JSON. @throws UnauthenticatedError when it is not an object */
export async function askMetadataServiceForJson(
  question: MetadataRequest,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await askMetadataService(question);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Readonly<Record<string, unknown>>;
    }
  } catch {
    // The engine's message quotes the text.
  }
  throw absent(question.cloud, "answers something else than JSON");
}

function exchange({
  url,
  method = "GET",
  headers = {},
  signal,
}: MetadataRequest): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = send(url, { method, headers, signal: deadline, agent: false });
    request.on("error", reject);
    request.on("response", (response) => {
      readBody(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text }),
        (error: unknown) => {
          request.destroy();
          reject(error instanceof Error ? error : new Error("The answer could not be read."));
        },
      );
    });
    request.end();
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error("The answer is too long.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function absent(cloud: MetadataRequest["cloud"], what: string): Error {
  return vaultError("Unauthenticated", `The metadata service of ${cloud} ${what}.`, {
    reason: "no-credentials",
    advice: `Check that this runs on ${cloud} with an identity assigned, or give credentials in auth.`,
  });
}
