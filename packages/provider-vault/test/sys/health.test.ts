import { describe, expect, onTestFinished, test } from "vitest";
import type { ProviderHealth } from "@kinko/core";
import type { RequestListener } from "node:http";
import { json, startCanned } from "../canned-server.js";
import { openVaultStore } from "../support.js";

async function healthOf(
  answer: RequestListener,
): Promise<{ readonly health: ProviderHealth; readonly address: string }> {
  const server = await startCanned(answer);
  const store = openVaultStore({
    address: server.address,
    namespace: "team",
    auth: { method: "token", token: "t" },
  });
  onTestFinished(() => store.close());
  const health = await store.health();
  for (const { headers } of server.requests) {
    expect(headers["x-vault-token"]).toBeUndefined();
    expect(headers["x-vault-namespace"]).toBeUndefined();
  }
  return { health, address: server.address };
}

describe("health", () => {
  test.each<[number, ProviderHealth["status"], string | undefined]>([
    [200, "healthy", undefined],
    [429, "healthy", undefined],
    [472, "unhealthy", "Unavailable"],
    [473, "healthy", undefined],
    [474, "unhealthy", "Unavailable"],
    [501, "unhealthy", "Uninitialized"],
    [503, "unhealthy", "Sealed"],
  ])("%i is %s", async (status, expected, code) => {
    const { health, address } = await healthOf((_request, response) => {
      json(response, status, {
        initialized: status !== 501,
        sealed: status === 503,
        standby: status === 429,
        version: "1.21.1",
        server_time_utc: Math.floor(Date.now() / 1_000) - 90,
      });
    });
    expect(health.status).toBe(expected);
    expect(health.code).toBe(code);
    expect(health.message).toMatch(/\S+ \S+/u);
    expect(health.details).toMatchObject({
      address,
      httpStatus: status,
      version: "1.21.1",
      sealed: status === 503,
    });
    expect(health.details["clockSkewSeconds"]).toBeGreaterThanOrEqual(-91);
    expect(health.details["clockSkewSeconds"]).toBeLessThanOrEqual(-89);
  });

  test.each([
    [200, { hello: "world" }],
    [503, {}],
  ])("%i from something else is not Vault's", async (status, body) => {
    const { health } = await healthOf((_request, response) => json(response, status, body));
    expect(health).toMatchObject({ status: "unhealthy", code: "Unavailable" });
  });

  test("nothing at the address is an answer, not an error", async () => {
    const store = openVaultStore({
      address: "http://127.0.0.1:1",
      auth: { method: "token", token: "t" },
    });
    onTestFinished(() => store.close());
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Unavailable" });
  });
});
