import type { Secret } from "@kinko/core";
import type { JsonObject } from "../client/answer.js";
import { isObject } from "../client/answer.js";
import { EngineCalls, type SendEngineRequest } from "../engine/engine-calls.js";
import { invalid } from "../engine/fields.js";
import { encodeEnginePath } from "../engine/names.js";
import { tokenText } from "../engine/token-text.js";
import type { EngineContext } from "../engines.js";
import { foreignToken, lookupWrapped, openWrapped, rewrapWrapped } from "./open.js";
import { parseUnwrapped, parseWrapped, parseWrappingInfo, wrapTtl } from "./parse.js";
import type { UnwrapOptions, WrappingCapability } from "./types.js";

/** Response wrapping; see `capability.ts`, which loads it. */
export function createWrapping({ client, context }: EngineContext): WrappingCapability {
  const { clock, timeoutMs } = context;
  const calls = new EngineCalls({ client, clock, timeoutMs }, []);

  const opening = (send: SendEngineRequest, token: string, { expiresAt }: UnwrapOptions) => ({
    send,
    token,
    hasEnded: () => expiresAt !== undefined && clock.now() >= expiresAt.getTime(),
  });

  /** Looks at the path before anything is used up. */
  const check = async (
    send: SendEngineRequest,
    token: string,
    options: UnwrapOptions,
  ): Promise<void> => {
    if (options.expectCreationPath === undefined) return;
    const { data } = await lookupWrapped(opening(send, token, options));
    if (matches(parseWrappingInfo(data ?? {}).creationPath, options.expectCreationPath)) return;
    throw foreignToken("The wrapping token was not made at the path that is expected.");
  };

  return {
    async wrap({ path, method = "GET", body }, options) {
      const wrapTtlSeconds = wrapTtl(options.wrapTtlSeconds);
      const encoded = encodeEnginePath(path, "path");
      const request = { method, path: encoded, body, wrapTtlSeconds };
      const answer = await calls.ask({ operation: "wrap", ref: path }, options, request);
      return parseWrapped(answer.body);
    },
    async wrapData(data, options) {
      const wrapTtlSeconds = wrapTtl(options.wrapTtlSeconds);
      const body = bodyOf(data);
      const request = { method: "POST", path: "sys/wrapping/wrap", body, wrapTtlSeconds } as const;
      return parseWrapped((await calls.ask({ operation: "wrap" }, options, request)).body);
    },
    async lookup(token, options = {}) {
      const text = tokenText(token);
      return calls.run({ operation: "lookupWrapped" }, options, async (send) => {
        await check(send, text, options);
        const { data } = await lookupWrapped(opening(send, text, options));
        return parseWrappingInfo(data ?? {});
      });
    },
    async rewrap(token, options = {}) {
      const text = tokenText(token);
      return calls.run({ operation: "rewrap" }, options, async (send) => {
        await check(send, text, options);
        return parseWrapped((await rewrapWrapped(opening(send, text, options))).body);
      });
    },
    async unwrap(token, options = {}) {
      const text = tokenText(token);
      return calls.run({ operation: "unwrap" }, options, async (send) => {
        await check(send, text, options);
        return parseUnwrapped((await openWrapped(opening(send, text, options))).body);
      });
    },
  };
}

function bodyOf(data: Secret): JsonObject {
  if (data.kind === "text") return { value: data.text() };
  const value: unknown = data.kind === "json" ? data.json() : undefined;
  if (isObject(value)) return value;
  throw invalid("data", "not-an-object", "Wrap a text, or a JSON object; encode bytes as a text.");
}

/** Whether a path is the expected one. */
export function matches(path: string, expected: string | RegExp): boolean {
  if (typeof expected !== "string") {
    // Not test: a regular expression with the flag g would remember where it was.
    return path.search(expected) !== -1;
  }
  const wanted = expected.replace(/^\/+/u, "");
  return wanted.endsWith("*") ? path.startsWith(wanted.slice(0, -1)) : path === wanted;
}
