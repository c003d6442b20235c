import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { fromRestAnswer, ServiceFailure } from "../errors/service-failure.js";
import { NotSecretManager } from "../errors/classify.js";

/** Sockets to the service. */
const maxSockets = 64;

/** Far more than a page of 25,000 names or a payload takes. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** The part of a fetch that Google's SDK uses. */
export type RestFetch = (
  url: string | URL,
  init: {
    readonly method?: string;
    readonly headers?: Headers;
    readonly body?: string | Uint8Array;
    readonly signal?: AbortSignal;
  },
) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;

/**
 * HTTP for the SDK's REST mode, in place of its own fetch: that one takes no authority of our own,
 * follows redirects with the token, and reads a proxy's page of HTML as if it were JSON.
 */
export async function createRestFetch({
  insecure,
  ca,
  proxy,
  onDate,
}: {
  readonly insecure: boolean;
  readonly ca: string | undefined;
  readonly proxy: URL | undefined;
  /** Is told what the `date` of each answer says. */
  readonly onDate: (serverTimeMs: number) => void;
}): Promise<{ readonly fetch: RestFetch; readonly close: () => void }> {
  const agent = insecure
    ? new HttpAgent({ keepAlive: true, maxSockets })
    : await createAgent(ca, proxy);
  // The agent of a proxy looks for the authority in the request, and not among its own options.
  const tls = ca === undefined ? {} : { ca };
  return {
    fetch: (url, init) => exchange(url, init, { agent, ...tls }, onDate),
    close: () => agent.destroy(),
  };
}

async function createAgent(ca: string | undefined, proxy: URL | undefined): Promise<Agent> {
  const options = { keepAlive: true, maxSockets, ...(ca === undefined ? {} : { ca }) };
  if (proxy === undefined) return new Agent(options);
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  return new HttpsProxyAgent(proxy, options);
}

async function exchange(
  url: string | URL,
  { method = "GET", headers, body, signal }: Parameters<RestFetch>[1],
  connection: { readonly agent: HttpAgent | Agent; readonly ca?: string },
  onDate: (serverTimeMs: number) => void,
): ReturnType<RestFetch> {
  const { status, contentType, bytes, retryAfter } = await new Promise<Answer>(
    (resolve, reject) => {
      const send = new URL(url).protocol === "http:" ? httpRequest : httpsRequest;
      const request = send(
        url,
        {
          ...connection,
          method,
          headers: Object.fromEntries(headers ?? []),
          ...(signal === undefined ? {} : { signal }),
        },
        (response) => {
          onDate(Date.parse(response.headers.date ?? ""));
          const chunks: Buffer[] = [];
          let length = 0;
          response.on("data", (chunk: Buffer) => {
            length += chunk.length;
            if (length > maxAnswerBytes) request.destroy(new NotSecretManager());
            else chunks.push(chunk);
          });
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              contentType: response.headers["content-type"] ?? "",
              retryAfter: response.headers["retry-after"],
              bytes: Buffer.concat(chunks),
            }),
          );
        },
      );
      request.on("error", reject);
      request.end(body);
    },
  );
  if (status >= 200 && status < 300) {
    if (!/^application\/json\b/iu.test(contentType)) throw new NotSecretManager();
    const copy = new ArrayBuffer(bytes.length);
    new Uint8Array(copy).set(bytes);
    bytes.fill(0);
    return { ok: true, status, arrayBuffer: () => Promise.resolve(copy) };
  }
  // A date, which HTTP allows too, would need two clocks that agree.
  const retryAfterMs = /^\d{1,6}$/u.test(retryAfter ?? "") ? Number(retryAfter) * 1_000 : undefined;
  throw fromRestAnswer(bytes.toString("utf8"), retryAfterMs) ?? fromStatus(status, retryAfterMs);
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly retryAfter: string | undefined;
}

/** What a status without an error of Google's means: somebody in between has answered. */
function fromStatus(
  status: number,
  retryAfterMs: number | undefined,
): ServiceFailure | NotSecretManager {
  if (status === 407) {
    return new ServiceFailure({ status: "UNAVAILABLE", networkReason: "proxy-refused" });
  }
  if (status === 429) return new ServiceFailure({ status: "RESOURCE_EXHAUSTED", retryAfterMs });
  if (status === 504) return new ServiceFailure({ status: "DEADLINE_EXCEEDED" });
  if (status >= 500) return new ServiceFailure({ status: "UNAVAILABLE", retryAfterMs });
  return new NotSecretManager();
}
