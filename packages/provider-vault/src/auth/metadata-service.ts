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

/** Services that have answered this process: when they are silent later on, they are not absent. */
const answered = new Set<string>();

/**
 * Asks the metadata service of the machine that this runs on. No proxy is used and no redirect
 * followed: its answers are credentials.
 *
 * @throws UnauthenticatedError with reason `no-credentials` when there is none, or it refuses;
 * UnavailableError with reason `metadata-unavailable` when it is there and cannot answer now
 */
export async function askMetadataService(question: MetadataRequest): Promise<string> {
  const { cloud, signal } = question;
  let origin: string | undefined;
  let connected = false;
  let answer: Answer;
  try {
    ({ origin } = new URL(question.url));
    answer = await exchange(question, () => (connected = true));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof AnswerTooLongError) throw absent(cloud, "answers something else");
    // Outside of its cloud, the address is refused, has no way to it, or swallows the connection.
    const isThere = connected || isOwnTrouble(error) || answered.has(origin ?? "");
    throw isThere ? passing(cloud, "does not answer now") : absent(cloud, "does not answer");
  }
  const { status, text } = answer;
  const what = `answers with status ${status}`;
  if (status !== 200 && !isPassing(status)) throw absent(cloud, what);
  answered.add(origin);
  if (status === 200) return text;
  throw passing(cloud, what);
}

/**
 * Whether a status says no more than "not now". Source: "How to use managed identities for Azure
 * resources on an Azure VM to acquire an access token", error handling: 410, 429 and 5xx are to be
 * tried again. So is 404 there, but it is also the answer of a machine without an identity.
 */
function isPassing(status: number): boolean {
  return status === 410 || status === 429 || status >= 500;
}

/** Whether this process or machine could not even try. */
function isOwnTrouble(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EMFILE" || code === "ENFILE" || code === "EADDRNOTAVAIL";
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

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Whatever answers there, it is not a metadata service. */
class AnswerTooLongError extends Error {}

function exchange(
  { url, method = "GET", headers = {}, signal }: MetadataRequest,
  onConnected: () => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = send(url, { method, headers, signal: deadline, agent: false });
    request.on("error", reject);
    request.on("socket", (socket) => socket.once("connect", onConnected));
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
    if (bytes > maxBodyBytes) throw new AnswerTooLongError("The answer is too long.");
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

function passing(cloud: MetadataRequest["cloud"], what: string): Error {
  return vaultError("Unavailable", `The metadata service of ${cloud} ${what}.`, {
    reason: "metadata-unavailable",
    advice: "Try again; if it stays so, check whether this machine or container may ask it.",
  });
}
