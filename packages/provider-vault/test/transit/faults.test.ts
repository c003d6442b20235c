import type { RequestListener } from "node:http";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { sendBatch } from "../../src/transit/batch/batch-request.js";
import type { TransitCapability } from "../../src/transit/types.js";
import { json, startCanned } from "../canned-server.js";
import { failureOf } from "../failures.js";
import { openVaultStore } from "../support.js";
import { answer, fakeTransit, itemsOf } from "./fake-client.js";

const canary = createCanary();
const secret = Buffer.from(canary.value);
const token = "canned-token";

async function transitOf(listener: RequestListener): Promise<TransitCapability> {
  const { address } = await startCanned(listener);
  const store = openVaultStore({ address, auth: { method: "token", token, renew: false } });
  onTestFinished(() => store.close());
  return store.as("transit");
}

describe("a server that fails", () => {
  test.each<[string, RequestListener, string, string]>([
    [
      "cuts the connection",
      (_request, response) => void response.socket?.destroy(),
      "Unavailable",
      "connection-lost",
    ],
    [
      "stops in the middle of an answer",
      (_request, response) => {
        response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 1_000 });
        response.write('{"data":{"batch_results":[');
        setImmediate(() => response.socket?.destroy());
      },
      "Unavailable",
      "answer-truncated",
    ],
    [
      "answers half JSON",
      (_request, response) => {
        response.writeHead(200, { "Content-Type": "application/json" });
        response.end(`{"data":{"plaintext":"${canary.value}`);
      },
      "Corrupt",
      "answer-malformed",
    ],
    [
      "is no Vault",
      (_request, response) => void response.writeHead(404).end("<h1>Not here</h1>"),
      "Unavailable",
      "not-vault",
    ],
    [
      "limits its rate",
      (_request, response) => json(response, 429, { errors: [] }, { "Retry-After": "7" }),
      "RateLimited",
      "rate-limited",
    ],
    [
      "repeats what it was sent",
      (_request, response) =>
        json(response, 400, {
          errors: [`cannot take ${secret.toString("base64")} ${canary.value}`],
        }),
      "InvalidValue",
      "bad-request",
    ],
    [
      "repeats what it was sent, for each item",
      (_request, response) =>
        json(response, 400, {
          request_id: "1",
          data: { batch_results: [{ error: canary.value }, { error: canary.value }] },
        }),
      "InvalidValue",
      "bad-request",
    ],
    [
      "answers something else in an item's place",
      (_request, response) =>
        json(response, 200, { data: { batch_results: [{ ciphertext: 7 }, null] } }),
      "Corrupt",
      "answer-malformed",
    ],
  ])("and %s gives both callers a clean error", async (_title, listener, code, reason) => {
    const transit = await transitOf(listener);
    const calls = [transit.encrypt("app", secret), transit.encrypt("app", secret)];
    for (const error of await Promise.all(calls.map((call) => failureOf(call, canary)))) {
      expect(error).toMatchObject({ code, reason, provider: "vault", operation: "encrypt" });
      expect(error.ref).toBe("transit/app");
      expectClean(error, canary);
    }
  });

  test("and comes back serves the next call", async () => {
    let first = true;
    const transit = await transitOf((_request, response) => {
      if (!first) {
        json(response, 200, { data: { batch_results: [{ ciphertext: "vault:v1:AAAA" }] } });
        return;
      }
      first = false;
      response.socket?.destroy();
    });
    await failureOf(transit.encrypt("app", secret), canary);
    expect(await transit.encrypt("app", secret)).toBe("vault:v1:AAAA");
  });
});

describe("the items of a request", () => {
  const operation = (discarded: string[]) => ({
    place: { operation: "encrypt", ref: "transit/app" },
    path: "encrypt/app",
    parameters: {},
    encode: (item: { readonly text: string }) => ({ plaintext: item.text }),
    decode: ({ ciphertext }: { readonly ciphertext?: unknown }) => ciphertext,
    discard: ({ text }: { readonly text: string }) => void discarded.push(text),
  });
  const items = [{ text: "a" }, { text: "b" }];
  const { signal } = new AbortController();

  test("are erased when it is over, and not before it could be sent again", async () => {
    const discarded: string[] = [];
    const { context, requests } = fakeTransit((request) => {
      expect(discarded).toEqual([]);
      const sent = itemsOf(request);
      return sent.length > 1
        ? answer(400, undefined, ["illegal base64 data at input byte 0"])
        : answer(200, { batch_results: [{ ciphertext: sent[0]?.["plaintext"] }] });
    });
    const outcomes = await sendBatch(context, operation(discarded), items, signal);
    expect(outcomes).toEqual([{ value: "a" }, { value: "b" }]);
    expect(requests).toHaveLength(3);
    expect(discarded).toEqual(["a", "b"]);
  });

  test("are erased also after a failure", async () => {
    const discarded: string[] = [];
    const { context } = fakeTransit(() => answer(503));
    await failureOf(sendBatch(context, operation(discarded), items, signal), canary);
    expect(discarded).toEqual(["a", "b"]);
  });
});
