import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { createCanary, expectClean } from "@kinko/testing";
import type { FaultAction } from "@kinko/testing/azure-key-vault";
import { describe, expect, it, onTestFinished } from "vitest";
import { openAzureStore, testTls } from "./support.js";
import { failureOf, firstPage, nativeVersions, vaultUnderTest } from "./vault.js";

const tls = await testTls();

describe("an answer that goes wrong", () => {
  const faults: readonly [string, FaultAction, object][] = [
    [
      "throttled",
      { type: "throttled", retryAfterSeconds: 5 },
      { code: "RateLimited", retryAfterMs: 5_000, retryable: true },
    ],
    [
      "throttled without a time",
      { type: "throttled" },
      { code: "RateLimited", retryAfterMs: undefined },
    ],
    [
      "token expired",
      { type: "unauthorized" },
      { code: "Unauthenticated", reason: "token-rejected", retryable: false },
    ],
    [
      "denied by a role",
      { type: "forbidden", by: "ForbiddenByRbac" },
      { code: "PermissionDenied", reason: "rbac" },
    ],
    [
      "denied by a policy",
      { type: "forbidden", by: "ForbiddenByPolicy" },
      { code: "PermissionDenied", reason: "policy" },
    ],
    [
      "denied by the firewall",
      { type: "forbidden", by: "ForbiddenByFirewall" },
      { code: "PermissionDenied", reason: "firewall" },
    ],
    [
      "a login page",
      { type: "html", status: 200 },
      { code: "Unavailable", reason: "not-key-vault" },
    ],
    [
      "HTML of a gateway",
      { type: "html", status: 502 },
      { code: "Unavailable", reason: "server-error" },
    ],
    [
      "HTML of a proxy that forbids",
      { type: "html", status: 403 },
      { code: "PermissionDenied", reason: "forbidden" },
    ],
    ["a proxy's 404", { type: "html", status: 404 }, { code: "Config", reason: "not-key-vault" }],
    [
      "truncated JSON",
      { type: "truncated-json" },
      { code: "Corrupt", reason: "answer-malformed", retryable: true },
    ],
    [
      "a redirect",
      { type: "status", status: 302, code: "Found" },
      { code: "Internal", reason: "unexpected-status" },
    ],
    [
      "an internal error",
      { type: "status", status: 500, code: "InternalError" },
      { code: "Unavailable", retryable: true },
    ],
    [
      "an answer cut in the middle",
      { type: "cut" },
      { code: "Unavailable", reason: "answer-truncated" },
    ],
    ["a reset connection", { type: "reset" }, { code: "Unavailable", reason: "connection-lost" }],
  ];

  it.each(faults)(
    "%s: every call says so, cleanly, once, and nothing is written",
    async (_what, action, expected) => {
      const canary = createCanary();
      const { native, open, server } = await vaultUnderTest(tls);
      const store = open({ carryTags: false });
      await store.put("a", canary.value);
      const stop = server.fail({ action, times: Infinity });
      const calls: readonly (() => Promise<unknown>)[] = [
        () => store.get("a"),
        () => store.get("a@latestEnabled"),
        () => store.versions("a"),
        () => store.undelete("b"),
        () => store.delete("b"),
        () => store.delete("b", { mode: "purge" }),
        () => firstPage(store),
        () => store.put("b", canary.value),
      ];
      for (const call of calls) {
        const before = server.requests.filter(({ authorized }) => authorized).length;
        const error = await failureOf(call());
        expect(error).toMatchObject(expected);
        expect(error.message).toMatch(/\S+\. \S+/u);
        expectClean(error, canary);
        const requests = server.requests.filter(({ authorized }) => authorized).length - before;
        // The SDK looks before it recovers, whatever comes of that; nothing is tried twice.
        expect(requests).toBe(error.operation === "undelete" ? 2 : 1);
      }
      stop();
      const carriedOut = action.type === "truncated-json" || action.type === "cut" ? 1 : 0;
      expect(await nativeVersions(native, "b")).toHaveLength(carriedOut);
      expect((await store.get("a")).text()).toBe(canary.value);
    },
  );

  it("carries the request id of Azure", async () => {
    const { server, store } = await vaultUnderTest(tls);
    server.fail({ action: { type: "throttled" } });
    expect((await failureOf(store.get("a"))).requestId).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it("that comes too late is a Timeout, and closes its connection", async () => {
    const { server, store } = await vaultUnderTest(tls);
    await store.put("a", "1");
    server.fail({ action: { type: "latency", latencyMs: 2_000 } });
    expect(await failureOf(store.get("a", { timeoutMs: 100 }))).toMatchObject({ code: "Timeout" });
    expect((await store.get("a")).text()).toBe("1");
  });

  it("with a link to another host is followed at home: the token goes nowhere else", async () => {
    const { server, store } = await vaultUnderTest(tls);
    const other = await vaultUnderTest(tls);
    await store.put("a", "1");
    const linkTo = (path: string): void => {
      const value = [{ id: `${server.url}/secrets/b`, attributes: { enabled: true } }];
      const nextLink = `${other.server.url}${path}`;
      server.fail({ action: { type: "json", status: 200, body: { value, nextLink } } });
    };
    linkTo("/secrets?api-version=7.5&maxresults=25");
    const { items } = await firstPage(store);
    expect(items.map(({ path }) => path)).toEqual([["b"], ["a"]]);
    linkTo("/elsewhere?api-version=7.5");
    const error = await failureOf(firstPage(store));
    expect(error).toMatchObject({ code: "Corrupt", reason: "foreign-link" });
    expect(error.message).not.toContain(other.server.url);
    expect(other.server.requests).toEqual([]);
  });

  it.each([{}, { value: 7 }, { value: "x" }, [], null, "text", { id: "no address", value: "x" }])(
    "of %j, which is no secret, is no success",
    async (body) => {
      const { server, store } = await vaultUnderTest(tls);
      await store.put("a", "1");
      server.fail({ action: { type: "json", status: 200, body } });
      const error = await failureOf(store.get("a"));
      expect(["Corrupt", "Internal"]).toContain(error.code);
    },
  );
});

describe("a vault that is not there as configured", () => {
  const open = (
    options: Parameters<typeof openAzureStore>[0],
  ): ReturnType<typeof openAzureStore> => {
    const store = openAzureStore(
      { credential: { method: "access-token", token: canary.value }, ...options },
      { timeoutMs: 5_000 },
    );
    onTestFinished(() => store.close());
    return store;
  };
  const canary = createCanary();

  it("nothing listens: Unavailable, at once", async () => {
    const startMs = performance.now();
    const error = await failureOf(open({ vaultUrl: "https://127.0.0.1:9" }).get("a"));
    expect(error).toMatchObject({ code: "Unavailable", reason: "connection-refused" });
    expectClean(error, canary);
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  it("an unknown host: Unavailable", async () => {
    const error = await failureOf(open({ vaultUrl: "https://no-such-vault.invalid" }).get("a"));
    expect(error).toMatchObject({ code: "Unavailable", reason: "host-not-found" });
  });

  it("a certificate of an unknown authority: Config, which names the option", async () => {
    const { server } = await vaultUnderTest(tls);
    const error = await failureOf(open({ vaultUrl: server.url }).get("a"));
    expect(error).toMatchObject({ code: "Config", reason: "tls-untrusted" });
    expect(error.message).toContain("tls.caFile");
    expect(server.requests).toEqual([]);
  });

  it("a certificate for another name: Config", async () => {
    const { server } = await vaultUnderTest(tls);
    const vaultUrl = server.url.replace("127.0.0.1", "127.0.0.2");
    const error = await failureOf(open({ vaultUrl, tls: { caFile: tls.caFile } }).get("a"));
    expect(["tls-wrong-name", "connection-refused"]).toContain(error.reason);
  });

  it("no TLS there: Config", async () => {
    const plain = createTcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as AddressInfo;
    const error = await failureOf(open({ vaultUrl: `https://127.0.0.1:${port}` }).get("a"));
    expect(error).toMatchObject({ code: "Config", reason: "tls-not-spoken" });
  });

  it("a challenge for another service: Config, and no token is asked for", async () => {
    const { server } = await vaultUnderTest(tls);
    const store = open({
      vaultUrl: server.url,
      tls: { ca: tls.ca },
      credential: { method: "access-token", tokenFile: "/nowhere/token" },
    });
    const error = await failureOf(store.get("a"));
    expect(error).toMatchObject({ code: "Config", reason: "challenge-mismatch" });
    expect(server.requests.every(({ authorized }) => !authorized)).toBe(true);
  });

  it.each([
    ["that is not there", "/nowhere/ca.pem", "file-unreadable"],
    ["that is no certificate", "package.json", "tls-file-not-pem"],
  ])("an authority in a file %s: Config", async (_what, caFile, reason) => {
    const { server } = await vaultUnderTest(tls);
    expect(await failureOf(open({ vaultUrl: server.url, tls: { caFile } }).get("a"))).toMatchObject(
      {
        code: "Config",
        reason,
      },
    );
  });
});

describe("health", () => {
  it("tells region and clock, and that the identity may list", async () => {
    const { server, store } = await vaultUnderTest(tls);
    const health = await store.health();
    expect(health).toMatchObject({
      status: "healthy",
      details: { vaultUrl: server.url, region: "localhost", mayList: true },
    });
    expect(Math.abs(Number(health.details["clockSkewSeconds"]))).toBeLessThanOrEqual(2);
  });

  it("is fine with an identity that may not list", async () => {
    const { server, store } = await vaultUnderTest(tls);
    server.deny(["list"]);
    expect(await store.health()).toMatchObject({ status: "healthy", details: { mayList: false } });
  });

  it("is not when the firewall is in the way", async () => {
    const { server, store } = await vaultUnderTest(tls);
    server.fail({ action: { type: "forbidden", by: "ForbiddenByFirewall" } });
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "PermissionDenied" });
  });
});
