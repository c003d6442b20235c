import { isSecretError, type SecretError, type SecretStore } from "@kinko/core";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import type { RequestListener } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { json, kv2Body, startCanned, type CannedServer } from "../canned-server.js";
import { openVaultStore } from "../support.js";

const canary = createCanary();

/** A store whose token and every answer hold the canary. */
function storeOn(
  server: CannedServer,
  options: Parameters<typeof openVaultStore>[0] = {},
): SecretStore {
  const store = openVaultStore({
    address: server.address,
    auth: { method: "token", token: `hvs.${canary.value}` },
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

async function errorOf(work: Promise<unknown>): Promise<SecretError> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isSecretError(error)) throw new Error("The call did not fail with a SecretError.");
  expectClean(error, canary);
  return error;
}

/** What each failure of a read comes to. */
async function readFailure(answer: RequestListener): Promise<SecretError> {
  const server = await startCanned(answer);
  return errorOf(storeOn(server).get("app/db"));
}

describe("what answers in Vault's place", () => {
  test.each<[string, number, string, string]>([
    ["a 404 without a body", 404, "text/plain", ""],
    ["a proxy's page", 404, "text/html", "<h1>Not Found</h1>"],
    ["a gateway's JSON", 404, "application/json", '{"message":"no Route matched"}'],
    ["another service's JSON", 200, "application/json", '{"status":"ok"}'],
    ["a firewall's page", 403, "text/html", "<h1>Forbidden</h1>"],
    ["a gateway's refusal", 403, "application/json", '{"message":"Forbidden"}'],
    ["a 403 without a body", 403, "text/plain", ""],
  ])("is an outage, and never an absence or a denial: %s", async (_name, status, type, body) => {
    const server = await startCanned((_request, response) => {
      response.writeHead(status, { "Content-Type": type }).end(body);
    });
    for (const kvVersion of [1, 2] as const) {
      const store = storeOn(server, { kvVersion });
      const first = store.list()[Symbol.asyncIterator]();
      for (const work of [() => store.tryGet("app/db"), () => first.next()]) {
        expect(await errorOf(work())).toMatchObject({ code: "Unavailable", reason: "not-vault" });
      }
    }
  });
});

describe("a failure status", () => {
  test.each<[number, readonly string[], string, string, boolean]>([
    [400, ["something else"], "InvalidValue", "bad-request", false],
    [400, ["Client sent an HTTP request to an HTTPS server."], "Config", "https-required", false],
    [404, ['no handler for route "x". route entry not found.'], "Config", "mount-not-found", false],
    [404, ["enterprise-only feature"], "Config", "namespace-not-found", false],
    [405, ["unsupported operation"], "Unsupported", "not-supported-there", false],
    [412, ["required index state not present"], "ReplicationLag", "replication-lag", true],
    [413, ["request too large"], "TooLarge", "too-large-for-vault", false],
    [429, ["quota exceeded"], "RateLimited", "rate-limited", true],
    [472, [], "Unavailable", "dr-secondary", true],
    [500, ["1 error occurred: boom"], "Unavailable", "server-error", true],
    [500, ["put failed due to value being too large"], "TooLarge", "too-large-for-vault", false],
    [502, [], "Unavailable", "server-error", true],
    [503, ["no active node"], "Unavailable", "server-unavailable", true],
    [418, [], "Internal", "unexpected-status", false],
  ])("%i %j is %s with reason %s", async (status, errors, code, reason, retryable) => {
    const error = await readFailure((_request, response) => {
      json(response, status, { errors: errors.map((text) => `${text} ${canary.value}`) });
    });
    expect(error).toMatchObject({ code, reason, retryable });
    expect(error.message).toContain(`status ${status}`);
  });

  test("of a proxy with an HTML page says no more than its status", async () => {
    const error = await readFailure((_request, response) => {
      response.writeHead(502, { "Content-Type": "text/html" }).end(`<html>${canary.value}</html>`);
    });
    expect(error).toMatchObject({ code: "Unavailable", reason: "server-error" });
  });

  test("keeps how long to wait, and the id of the request", async () => {
    const error = await readFailure((_request, response) => {
      json(
        response,
        429,
        { errors: [] },
        { "Retry-After": "7", "X-Vault-Request-ID": "4f6e-a9a5" },
      );
    });
    expect(error).toMatchObject({ retryAfterMs: 7_000, requestId: "4f6e-a9a5" });
  });

  test("keeps no id that does not look like one", async () => {
    const error = await readFailure((_request, response) => {
      json(response, 429, { errors: [], request_id: `x ${canary.value}` });
    });
    expect(error.requestId).toBeUndefined();
  });
});

describe("a good status", () => {
  test.each([
    ["an HTML page", "text/html", "<html></html>", "Unavailable", "not-vault"],
    ["plain text", "text/plain", "hello", "Unavailable", "not-vault"],
    [
      "JSON that is cut off",
      "application/json",
      '{"data":{"data":{"value":"',
      "Corrupt",
      "answer-malformed",
    ],
    ["JSON that is no object", "application/json", '["a"]', "Corrupt", "answer-malformed"],
  ])("with %s is not taken for a secret", async (_title, type, body, code, reason) => {
    const error = await readFailure((_request, response) => {
      response.writeHead(200, { "Content-Type": type }).end(body + canary.value);
    });
    expect(error).toMatchObject({ code, reason });
  });

  test("202 is one", async () => {
    const server = await startCanned((_request, response) =>
      json(response, 202, kv2Body({ value: "x" })),
    );
    expect((await storeOn(server).get("app/db")).text()).toBe("x");
  });
});

describe("headers", () => {
  test("token, namespace and the mark against forged requests are sent", async () => {
    const server = await startCanned((_request, response) =>
      json(response, 200, kv2Body({ value: "x" })),
    );
    await storeOn(server, { namespace: "team/a" }).get("app/db");
    expect(server.requests[0]?.headers).toMatchObject({
      "x-vault-token": `hvs.${canary.value}`,
      "x-vault-namespace": "team/a",
      "x-vault-request": "true",
    });
  });

  test("of the process's environment are not taken where the config says otherwise", async () => {
    const before = { ...process.env };
    onTestFinished(() => {
      for (const name of ["VAULT_TOKEN", "VAULT_NAMESPACE", "VAULT_PREFIX", "VAULT_ADDR"]) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    });
    Object.assign(process.env, {
      VAULT_TOKEN: "foreign",
      VAULT_NAMESPACE: "foreign",
      VAULT_PREFIX: "/foreign",
      VAULT_ADDR: "http://127.0.0.1:1",
    });
    const server = await startCanned((_request, response) =>
      json(response, 200, kv2Body({ value: "x" })),
    );
    await storeOn(server).get("app/db");
    expect(server.requests[0]?.url).toBe("/v1/secret/data/app/db");
    expect(server.requests[0]?.headers["x-vault-token"]).toBe(`hvs.${canary.value}`);
    expect(server.requests[0]?.headers["x-vault-namespace"]).toBeUndefined();
  });

  test("the cluster state of an answer is sent with what follows", async () => {
    const server = await startCanned((_request, response) => {
      json(response, 200, kv2Body({ value: "x" }), { "X-Vault-Index": "djE6c3RhdGU=" });
    });
    const store = storeOn(server);
    await store.get("app/db");
    await store.get("app/db");
    expect(server.requests[0]?.headers["x-vault-index"]).toBeUndefined();
    expect(server.requests[1]?.headers["x-vault-index"]).toBe("djE6c3RhdGU=");
  });

  test("the path prefix of a reverse proxy is kept", async () => {
    const server = await startCanned((_request, response) =>
      json(response, 200, kv2Body({ value: "x" })),
    );
    await storeOn(server, { address: `${server.address}/vault/` }).get("a b/{{c}}");
    expect(server.requests[0]?.url).toBe("/vault/v1/secret/data/a%20b/%7B%7Bc%7D%7D");
  });
});

describe("a refusal without a word about the token", () => {
  test("is a denial when the token may look itself up, which is asked once for many", async () => {
    const server = await startCanned((request, response) => {
      if (request.url?.endsWith("lookup-self") === true) json(response, 200, { data: {} });
      else json(response, 403, { errors: ["1 error occurred:\n\t* permission denied\n\n"] });
    });
    const store = storeOn(server);
    for (let n = 0; n < 5; n += 1) {
      expect(await errorOf(store.get("app/db"))).toMatchObject({
        code: "PermissionDenied",
        reason: "policy",
      });
    }
    expect(server.requests.filter(({ url }) => url?.endsWith("lookup-self"))).toHaveLength(1);
  });

  test("is a denial when the token may not even do that", async () => {
    const error = await readFailure((_request, response) => {
      json(response, 403, { errors: ["permission denied"] });
    });
    expect(error.code).toBe("PermissionDenied");
  });

  test("is a bad token when lookup-self says so", async () => {
    const error = await readFailure((request, response) => {
      const lookup = request.url?.endsWith("lookup-self") === true;
      json(response, 403, { errors: [lookup ? "bad token" : "permission denied"] });
    });
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "token-rejected" });
  });
});

describe("a connection that is reset under a request", () => {
  /** Answers a read of a secret, and resets the connection under the request after it. */
  async function resettingServer(): Promise<CannedServer> {
    const used = new Set<unknown>();
    return startCanned((request, response) => {
      if (used.has(request.socket)) request.socket.resetAndDestroy();
      else json(response, 200, kv2Body({ value: "x" }));
      used.add(request.socket);
    });
  }

  test.each<[string, (store: SecretStore) => Promise<unknown>]>([
    [
      "credentials that are made",
      (store) =>
        store
          .as("dynamic")
          .issue({ path: "database/creds/app" }, { signal: new AbortController().signal }),
    ],
    [
      "a read whose answer is wrapped",
      (store) => store.as("wrapping").wrap({ path: "secret/data/app/db" }, { wrapTtlSeconds: 60 }),
    ],
  ])("is told, and the request not sent again: %s", async (_what, ask) => {
    const server = await resettingServer();
    const store = storeOn(server);
    await store.get("app/db");
    expect(await errorOf(ask(store))).toMatchObject({
      code: "Unavailable",
      reason: "connection-lost",
    });
    expect(server.requests).toHaveLength(2);
  });

  test("is not noticed by a plain read", async () => {
    const server = await resettingServer();
    const store = storeOn(server);
    await store.get("app/db");
    expect((await store.get("app/db")).text()).toBe("x");
    expect(server.requests).toHaveLength(3);
  });
});

describe("time", () => {
  test("a server that never answers ends at the deadline of the call", async () => {
    const server = await startCanned(() => undefined);
    const error = await errorOf(storeOn(server).get("app/db", { timeoutMs: 30 }));
    expect(error.code).toBe("Timeout");
  });

  test("a server that stalls within its answer ends at the same deadline", async () => {
    const server = await startCanned((_request, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("{");
    });
    expect((await errorOf(storeOn(server).get("app/db", { timeoutMs: 30 }))).code).toBe("Timeout");
  });

  test("the preflight that several calls share has a deadline of its own", async () => {
    const clock = new FakeClock();
    const server = await startCanned(() => undefined);
    const store = openVaultStore(
      { address: server.address, kvVersion: "auto", auth: { method: "token", token: "t" } },
      { clock, timeoutMs: 5_000 },
    );
    onTestFinished(() => store.close());
    const reading = errorOf(store.get("app/db", { timeoutMs: 60_000 }));
    await expect.poll(() => server.requests.length, { timeout: 30_000 }).toBe(1);
    await clock.advance(5_000);
    expect((await reading).code).toBe("Timeout");
  });
});
