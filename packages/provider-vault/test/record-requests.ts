import { subscribe, unsubscribe } from "node:diagnostics_channel";

const channel = "http.client.request.start";

/** Paths of all requests of this process whose path holds a text, from now until `stop`. */
export function recordRequests(text: string): {
  readonly paths: readonly string[];
  readonly stop: () => void;
} {
  const paths: string[] = [];
  const record = (message: unknown): void => {
    const { request } = message as { readonly request: { readonly path: string } };
    if (request.path.includes(text)) paths.push(request.path);
  };
  subscribe(channel, record);
  return { paths, stop: () => unsubscribe(channel, record) };
}
