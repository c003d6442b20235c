import { describe, expect, it } from "vitest";
import { createHttpClient } from "../src/client/http-client.js";
import { testTls } from "./support.js";
import { vaultUnderTest } from "./vault.js";

const tls = await testTls();

type Request = Parameters<ReturnType<typeof createHttpClient>["sendRequest"]>[0];

function request(url: string, overrides: Partial<Request> = {}): Request {
  const headers = {
    toJSON: () => ({ accept: "application/json" }),
  } as unknown as Request["headers"];
  return {
    url,
    method: "GET",
    headers,
    timeout: 0,
    withCredentials: false,
    requestId: "1",
    requestOverrides: { ca: tls.ca },
    ...overrides,
  };
}

describe("the HTTP client", () => {
  it("hands on status, headers whatever their case, and the text", async () => {
    const { server } = await vaultUnderTest(tls);
    const url = `${server.url}/secrets?api-version=7.5`;
    const response = await createHttpClient(new URL(server.url)).sendRequest(request(url));
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toContain("Bearer");
    expect(response.headers.has("X-Ms-Request-Id")).toBe(true);
    expect(JSON.parse(response.bodyAsText ?? "")).toMatchObject({
      error: { code: "Unauthorized" },
    });
    expect(Object.keys(response.headers.toJSON())).toContain("www-authenticate");
    expect([...response.headers].length).toBeGreaterThan(3);
  });

  it("reads no more than its limit", async () => {
    const { server } = await vaultUnderTest(tls);
    const body = { value: "é".repeat(20_000) };
    server.fail({ action: { type: "json", status: 200, body }, on: () => true, times: 2 });
    const url = `${server.url}/secrets/a?api-version=7.5`;
    const whole = await createHttpClient(new URL(server.url), 60_000).sendRequest(request(url));
    expect(JSON.parse(whole.bodyAsText ?? "")).toEqual(body);
    await expect(
      createHttpClient(new URL(server.url), 10_000).sendRequest(request(url)),
    ).rejects.toMatchObject({
      code: "TooLarge",
      reason: "answer-too-large",
    });
  });

  it("sends nothing to another host", async () => {
    const { server } = await vaultUnderTest(tls);
    const other = await vaultUnderTest(tls);
    const client = createHttpClient(new URL(server.url));
    for (const url of [`${other.server.url}/secrets`, `${server.url}.example.com/secrets`]) {
      await expect(client.sendRequest(request(url))).rejects.toMatchObject({
        reason: "foreign-address",
      });
    }
    expect([...server.requests, ...other.server.requests]).toEqual([]);
  });

  it.each([0, 20])("ends a request whose signal aborts after %d ms", async (delayMs) => {
    const { server } = await vaultUnderTest(tls);
    server.fail({ action: { type: "latency", latencyMs: 5_000 }, on: () => true });
    const controller = new AbortController();
    if (delayMs === 0) controller.abort();
    else setTimeout(() => controller.abort(), delayMs);
    const sent = createHttpClient(new URL(server.url)).sendRequest(
      request(`${server.url}/secrets?api-version=7.5`, { abortSignal: controller.signal }),
    );
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  });
});
