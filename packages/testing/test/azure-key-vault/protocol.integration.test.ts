import { describe, expect, it } from "vitest";
import { createCanary, expectClean, FakeClock } from "../../src/index.js";
import type { FaultAction } from "../../src/azure-key-vault/index.js";
import { errorOf, startTestVault } from "./support.js";

describe("authentication", () => {
  it("answers a request without a token with the challenge", async () => {
    const { server, call } = await startTestVault();
    const answer = await call("GET", "/secrets/a", { token: null });
    expect(answer.status).toBe(401);
    expect(errorOf(answer).code).toBe("Unauthorized");
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer authorization="${server.url}/${server.tenantId}", resource="https://vault.azure.net"`,
    );
  });

  it("refuses tokens that are expired, early, forged, or meant for others", async () => {
    const clock = new FakeClock();
    const { server, call } = await startTestVault({ clock });
    const other = await startTestVault({ clock });
    const now = Math.floor(clock.now() / 1_000);
    const good = server.issueToken();
    const tokens = [
      server.issueToken({ exp: now }),
      server.issueToken({ nbf: now + 60 }),
      server.issueToken({ aud: "https://management.azure.com" }),
      server.issueToken({ aud: `${server.resource}/` }),
      server.issueToken({ iss: "https://sts.windows.net/other/" }),
      other.server.issueToken(),
      `${good.slice(0, -2)}xx`,
      "no-token-at-all",
    ];
    for (const token of tokens) {
      const answer = await call("GET", "/secrets", { token });
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toMatch(/authorization=.*error="invalid_token"/u);
    }
    expect((await call("GET", "/secrets", { token: good })).status).toBe(200);
    await clock.advance(3_600_000);
    expect((await call("GET", "/secrets", { token: good })).status).toBe(401);
  });

  it("issues tokens to the clients that it knows", async () => {
    const clientSecret = "canary secret";
    const { server, call } = await startTestVault({ clients: [{ clientId: "app", clientSecret }] });
    const ask = (form: Record<string, string>): ReturnType<typeof call> =>
      call("POST", `/${server.tenantId}/oauth2/v2.0/token`, {
        token: null,
        body: new URLSearchParams(form).toString(),
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
    const grant = { grant_type: "client_credentials", client_id: "app" };
    const granted = await ask({ ...grant, client_secret: clientSecret });
    const token = String(granted.body["access_token"]);
    expect((await call("GET", "/secrets", { token })).status).toBe(200);
    expect((await ask({ ...grant, client_secret: "wrong" })).body["error"]).toBe("invalid_client");
    expect((await ask({ ...grant, client_id: "other" })).body["error"]).toBe("unauthorized_client");
    expect((await ask({ grant_type: "password" })).body["error"]).toBe("unsupported_grant_type");
  });

  it.each([
    ["get", "GET", "/secrets/a"],
    ["list", "GET", "/secrets"],
    ["list", "GET", "/deletedsecrets"],
    ["set", "PUT", "/secrets/a"],
    ["set", "PATCH", "/secrets/a"],
    ["delete", "DELETE", "/secrets/a"],
    ["recover", "POST", "/deletedsecrets/a/recover"],
    ["purge", "DELETE", "/deletedsecrets/a"],
    ["backup", "POST", "/secrets/a/backup"],
    ["restore", "POST", "/secrets/restore"],
  ] as const)("without the permission %s refuses %s %s", async (permission, method, path) => {
    const { server, call } = await startTestVault();
    server.deny([permission]);
    const options = method === "PUT" || method === "PATCH" ? { body: { value: "x" } } : {};
    const answer = await call(method, path, options);
    expect(answer.status).toBe(403);
    expect(errorOf(answer)).toEqual({ code: "Forbidden", inner: "ForbiddenByRbac" });
    server.deny([]);
    expect((await call(method, path, options)).status).not.toBe(403);
  });
});

describe("the protocol", () => {
  it.each([null, "1999-01-01", "7.99"])(
    "asks for an api-version that it knows, not %s",
    async (apiVersion) => {
      const { call } = await startTestVault();
      const answer = await call("GET", "/secrets", { apiVersion });
      expect([answer.status, errorOf(answer).code]).toEqual([400, "BadParameter"]);
    },
  );

  it.each(["2016-10-01", "7.0", "7.4", "7.6", "2025-07-01"])("speaks %s", async (apiVersion) => {
    const { call } = await startTestVault();
    expect((await call("GET", "/secrets", { apiVersion })).status).toBe(200);
  });

  it.each([
    ["GET", "/", 404],
    ["GET", "/keys", 404],
    ["POST", "/secrets", 405],
    ["PUT", "/deletedsecrets/a", 405],
    ["GET", "/secrets/a/b/c", 405],
    ["GET", "/secrets/%zz", 404],
  ])("answers %s %s with %d", async (method, path, status) => {
    const { call } = await startTestVault();
    expect((await call(method, path)).status).toBe(status);
  });

  it("remembers requests without bodies and tokens", async () => {
    const canary = createCanary();
    const { server, call } = await startTestVault();
    await call("PUT", "/secrets/a", { body: { value: canary.value } });
    await call("GET", "/secrets/a", { token: null });
    expectClean(server.requests, canary);
    expect(server.requests).toMatchObject([
      { method: "PUT", path: "/secrets/a", authorized: true },
      { method: "GET", path: "/secrets/a", authorized: false, bodyBytes: 0 },
    ]);
  });
});

describe("a fault", () => {
  it.each<[FaultAction, number, string]>([
    [{ type: "throttled", retryAfterSeconds: 3 }, 429, "Throttled"],
    [{ type: "unauthorized" }, 401, "Unauthorized"],
    [{ type: "forbidden", by: "ForbiddenByPolicy" }, 403, "ForbiddenByPolicy"],
    [{ type: "status", status: 503, code: "ServiceUnavailable" }, 503, "ServiceUnavailable"],
    [{ type: "html", status: 502 }, 502, "<!doctype html>"],
    [{ type: "json", status: 200, body: { own: "body" } }, 200, "own"],
  ])("%j strikes once, and only requests with a token", async (action, status, text) => {
    const { server, call } = await startTestVault();
    server.fail({ action });
    expect((await call("GET", "/secrets", { token: null })).status).toBe(401);
    const answer = await call("GET", "/secrets");
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect((await call("GET", "/secrets")).status).toBe(200);
  });

  it("cuts an answer, or its connection, before or after the work", async () => {
    const { server, call } = await startTestVault();
    server.fail({ action: { type: "truncated-json" } });
    const cut = await call("PUT", "/secrets/a", { body: { value: "1" } });
    expect(cut.status).toBe(200);
    expect(() => JSON.parse(cut.text) as unknown).toThrow(SyntaxError);
    server.fail({ action: { type: "reset" } });
    await expect(call("PUT", "/secrets/b", { body: { value: "1" } })).rejects.toThrow();
    server.fail({ action: { type: "reset-after" } });
    await expect(call("PUT", "/secrets/c", { body: { value: "1" } })).rejects.toThrow();
    server.fail({ action: { type: "cut" } });
    await expect(call("PUT", "/secrets/d", { body: { value: "1" } })).rejects.toThrow();
    const statuses = await Promise.all(
      ["a", "b", "c", "d"].map(async (name) => (await call("GET", `/secrets/${name}`)).status),
    );
    expect(statuses).toEqual([200, 404, 200, 200]);
  });

  it("strikes what it is meant for, as often as it is told, until it is removed", async () => {
    const { server, call } = await startTestVault();
    const stop = server.fail({
      action: { type: "throttled" },
      on: ({ path }) => path === "/secrets/a",
      times: Infinity,
    });
    expect((await call("GET", "/secrets")).status).toBe(200);
    for (let n = 0; n < 3; n += 1) expect((await call("GET", "/secrets/a")).status).toBe(429);
    stop();
    expect((await call("GET", "/secrets/a")).status).toBe(404);
  });
});
