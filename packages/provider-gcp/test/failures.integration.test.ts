import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestCertificates, freePort } from "@kinko/servers";
import { createCanary } from "@kinko/testing";
import type { FaultAction } from "@kinko/testing/google-secret-manager";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { failureOf, serviceUnderTest } from "./google.js";
import { openGcpStore } from "./support.js";

const canary = createCanary();

describe.each(["grpc", "rest"] as const)("over %s", (transport) => {
  describe("a fault of the service", () => {
    test.each<[FaultAction, object]>([
      [{ type: "unavailable" }, { code: "Unavailable", reason: "server-error", retryable: true }],
      [
        { type: "throttled", retryDelaySeconds: 7 },
        { code: "RateLimited", reason: "quota", retryAfterMs: 7_000 },
      ],
      [{ type: "throttled" }, { code: "RateLimited", retryAfterMs: undefined }],
      [{ type: "unauthenticated" }, { code: "Unauthenticated", reason: "token-rejected" }],
      [{ type: "denied" }, { code: "PermissionDenied", reason: "iam", retryable: false }],
      [
        { type: "denied", reason: "SERVICE_DISABLED" },
        { code: "Config", reason: "api-disabled" },
      ],
      [{ type: "status", status: "DEADLINE_EXCEEDED" }, { code: "Timeout" }],
      [
        { type: "status", status: "ABORTED" },
        { code: "Conflict", retryable: true },
      ],
      [{ type: "status", status: "INTERNAL" }, { code: "Unavailable" }],
      [{ type: "status", status: "DATA_LOSS" }, { code: "Corrupt" }],
      [{ type: "status", status: "UNIMPLEMENTED" }, { code: "Config" }],
      [{ type: "status", status: "INVALID_ARGUMENT" }, { code: "InvalidValue" }],
      [
        { type: "status", status: "UNAVAILABLE", details: { requestId: "request-17" } },
        { code: "Unavailable", requestId: "request-17" },
      ],
      [{ type: "reset" }, { code: "Unavailable", reason: "connection-lost" }],
      [
        { type: "truncated-json" },
        { code: "Corrupt", reason: "answer-malformed", retryable: true },
      ],
      [
        { type: "html", status: 200 },
        transport === "rest"
          ? { code: "Config", reason: "not-secret-manager" }
          : { code: "Unavailable", reason: "unknown-answer" },
      ],
      [{ type: "html", status: 503 }, { code: "Unavailable" }],
      [{ type: "corrupt-payload" }, { code: "Corrupt", reason: "checksum-mismatch" }],
    ])("is told: %j", async (action, expected) => {
      const { server, store } = await serviceUnderTest({ transport });
      await store.put("app", canary.value);
      server.fail({ action });
      const before = server.requests.length;
      expect(await failureOf(store.get("app"), canary)).toMatchObject(expected);
      // Neither the SDK nor gRPC has tried again.
      expect(server.requests.length).toBe(before + 1);
      expect((await store.get("app")).text()).toBe(canary.value);
    });

    test("leaves the text of the service out of the error", async () => {
      const { server, store } = await serviceUnderTest({ transport });
      server.fail({
        action: { type: "status", status: "INTERNAL", message: `of ${canary.value}` },
      });
      await failureOf(store.get("app"), canary);
    });

    test("at a write changes nothing", async () => {
      const { server, store } = await serviceUnderTest({ transport });
      await store.put("app", "old");
      for (const type of [
        "unavailable",
        "throttled",
        "denied",
        "unauthenticated",
        "reset",
      ] as const) {
        server.fail({ action: { type } });
        await failureOf(store.put("app", canary.value), canary);
        server.fail({ action: { type } });
        await failureOf(store.delete("app", { mode: "purge" }), canary);
      }
      expect((await store.get("app")).text()).toBe("old");
      expect(await store.versions("app")).toHaveLength(1);
    });
  });

  test("a value that is refused after its name was made leaves a name without a value", async () => {
    const { server, store } = await serviceUnderTest({ transport });
    let adds = 0;
    const denied = { type: "denied" } as const;
    const isSecondAdd = ({ method }: { method: string }): boolean =>
      method === "addSecretVersion" && (adds += 1) === 2;
    server.fail({ action: denied, on: isSecondAdd });
    expect(await failureOf(store.put("new", canary.value), canary)).toMatchObject({
      code: "PermissionDenied",
    });
    expect(await store.tryGet("new")).toBeUndefined();
    expect(await failureOf(store.versions("new"))).toMatchObject({ code: "NotFound" });
    await store.put("new", "later");
    expect((await store.get("new")).text()).toBe("later");
    expect(await store.versions("new")).toHaveLength(1);
  });

  test("a token that is not accepted is Unauthenticated", async () => {
    const { open } = await serviceUnderTest({ transport });
    const store = open({ credential: { method: "access-token", token: canary.value } });
    for (const call of [
      () => store.get("a"),
      () => store.put("a", "x"),
      () => store.list()[Symbol.asyncIterator]().next(),
    ]) {
      expect(await failureOf(call(), canary)).toMatchObject({ code: "Unauthenticated" });
    }
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Unauthenticated" });
  });

  test("a token from a file is read again, so that it may be renewed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const tokenFile = join(folder, "token");
    const { open } = await serviceUnderTest({ transport });
    const store = open({ credential: { method: "access-token", tokenFile } });
    expect(await failureOf(store.get("a"))).toMatchObject({
      code: "Unauthenticated",
      reason: "credential-file",
    });
    await writeFile(tokenFile, `${canary.value}\r\nX-Other: 1`);
    expect(await failureOf(store.get("a"), canary)).toMatchObject({
      reason: "credential-malformed",
    });
    await writeFile(tokenFile, "expired-token\n");
    expect(await failureOf(store.get("a"))).toMatchObject({ reason: "token-rejected" });
    await writeFile(tokenFile, "test-token\n");
    expect(await store.tryGet("a")).toBeUndefined();
  });

  test("a machine without credentials is Unauthenticated, and the process lives on", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    vi.stubEnv("HOME", folder);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    onTestFinished(() => void vi.unstubAllEnvs());
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    onTestFinished(() => void process.off("unhandledRejection", onUnhandled));
    const { server, open } = await serviceUnderTest({ transport });
    const store = open({ credential: { method: "default" } });
    const failures = await Promise.all(Array.from({ length: 5 }, () => failureOf(store.get("a"))));
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "Unauthenticated", reason: "no-credential" });
      expect(failure.message).toContain("gcloud auth application-default login");
    }
    expect(server.requests).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });

  test("a key file that is no key is Unauthenticated, without quoting it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "key.json");
    const { open } = await serviceUnderTest({ transport });
    const store = open({ credential: { method: "key-file", file } });
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unauthenticated" });
    await writeFile(file, `{"private_key": "${canary.value}`);
    expect(await failureOf(store.get("a"), canary)).toMatchObject({ code: "Unauthenticated" });
    const key = { type: "service_account", client_email: "a@b", private_key: canary.value };
    await writeFile(file, JSON.stringify(key));
    expect(await failureOf(store.get("a"), canary)).toMatchObject({ code: "Unauthenticated" });
  });

  test("a project that is not there is a wrong config, and not NotFound", async () => {
    const { open } = await serviceUnderTest({ transport });
    const store = open({ project: "another-project" });
    for (const call of [() => store.get("a"), () => store.tryGet("a"), () => store.put("a", "x")]) {
      expect(await failureOf(call())).toMatchObject({
        code: "Config",
        reason: "project-not-usable",
      });
    }
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Config" });
  });

  test("an identity that may only read values reads, and is told what it may not", async () => {
    const { server, store } = await serviceUnderTest({ transport });
    await store.put("app", "one");
    await store.delete("app@1", { mode: "purge" });
    await store.put("app", "two");
    server.deny([
      "secretmanager.secrets.list",
      "secretmanager.secrets.get",
      "secretmanager.versions.get",
      "secretmanager.versions.list",
      "secretmanager.versions.add",
    ]);
    expect((await store.get("app")).text()).toBe("two");
    expect(await failureOf(store.get("app@1"))).toMatchObject({ code: "Destroyed" });
    expect(await failureOf(store.get("app@9"))).toMatchObject({ code: "VersionNotFound" });
    expect(await failureOf(store.get("other@9"))).toMatchObject({ code: "NotFound" });
    expect(await failureOf(store.put("app", canary.value), canary)).toMatchObject({
      code: "PermissionDenied",
    });
    expect(await failureOf(store.versions("app"))).toMatchObject({ code: "PermissionDenied" });
    expect(await store.health()).toMatchObject({ status: "healthy", details: { mayList: false } });
    const report = await store.validate([{ ref: "app", operations: ["get", "put", "list"] }]);
    expect(report.items.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      "get allowed",
      "put denied",
      "list denied",
    ]);
  });

  test("nothing that listens, or nobody of this name, is Unavailable", async () => {
    const options = {
      project: "test-project",
      transport,
      credential: { method: "access-token", token: canary.value },
    } as const;
    const refused = openGcpStore({
      ...options,
      apiEndpoint: "127.0.0.1",
      port: await freePort(),
      insecure: true,
    });
    const unknown = openGcpStore({ ...options, apiEndpoint: "secretmanager.invalid" });
    onTestFinished(() => Promise.all([refused.close(), unknown.close()]).then(() => undefined));
    expect(await failureOf(refused.get("a"), canary)).toMatchObject({
      code: "Unavailable",
      reason: "connection-refused",
    });
    expect(await failureOf(unknown.get("a"), canary)).toMatchObject({
      code: "Unavailable",
      reason: "host-not-found",
    });
  });

  test("a certificate is checked, against an own authority when there is one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const { ca, caFile, certificateFile, keyFile } = await createTestCertificates(folder);
    const tls = { cert: await readFile(certificateFile), key: await readFile(keyFile) };
    const { server, open } = await serviceUnderTest({ transport, insecure: false }, { tls });
    const untrusting = open();
    expect(await failureOf(untrusting.put("a", canary.value), canary)).toMatchObject({
      code: "Config",
      reason: "tls-untrusted",
    });
    expect(server.requests).toEqual([]);
    const missing = open({ tls: { caFile: join(folder, "nowhere.pem") } });
    expect(await failureOf(missing.get("a"))).toMatchObject({ code: "Config", reason: "ca-file" });
    for (const trusting of [open({ tls: { ca } }), open({ tls: { caFile } })]) {
      await trusting.put("a", canary.value);
      expect((await trusting.get("a")).text()).toBe(canary.value);
    }
  });

  test("a server of another kind is no Secret Manager", async () => {
    const other = createServer((_request, response) => {
      response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not Found</h1>");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const store = openGcpStore({
      project: "test-project",
      transport,
      apiEndpoint: "127.0.0.1",
      port: (other.address() as AddressInfo).port,
      insecure: true,
      credential: { method: "access-token", token: "t" },
    });
    onTestFinished(() => store.close());
    const { code } = await failureOf(store.tryGet("a"));
    expect(code).toBe(transport === "rest" ? "Config" : "Unavailable");
  });
});

test("a proxy that does not let the connection through is told, over REST", async () => {
  const proxy = createServer();
  const asked: (string | undefined)[] = [];
  proxy.on("connect", (request, socket) => {
    asked.push(request.headers["proxy-authorization"]);
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  const store = openGcpStore({
    project: "test-project",
    transport: "rest",
    credential: { method: "access-token", token: canary.value },
    proxy: {
      url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      username: "user",
      password: canary.value,
    },
  });
  onTestFinished(() => store.close());
  expect(await failureOf(store.get("a"), canary)).toMatchObject({
    code: "Unavailable",
    reason: "proxy-refused",
  });
  expect(asked).toEqual([`Basic ${Buffer.from(`user:${canary.value}`).toString("base64")}`]);
});
