import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@kinko/core";
import { createTestCertificates } from "@kinko/servers";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { failureOf, serviceUnderTest } from "./google.js";
import { openGcpStore, openProvider, optionsFor } from "./support.js";

const canary = createCanary();

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

describe.each(["grpc", "rest"] as const)("over %s", (transport) => {
  test("the identity of the machine is used, and asked for a token once until it is refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const asked: string[] = [];
    let refused = false;
    const metadata = createServer((request, response) => {
      asked.push(request.url ?? "");
      const isToken = request.url?.includes("/token") === true;
      response.setHeader("metadata-flavor", "Google");
      response.setHeader("content-type", isToken ? "application/json" : "text/plain");
      const access_token = refused ? canary.value : "revoked";
      const token = { access_token, expires_in: 3_600, token_type: "Bearer" };
      response.end(isToken ? JSON.stringify(token) : "default");
    });
    vi.stubEnv("GCE_METADATA_HOST", `127.0.0.1:${await listen(metadata)}`);
    vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
    vi.stubEnv("HOME", folder);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { open } = await serviceUnderTest({ transport }, { tokens: [canary.value] });
    const store = open({ credential: { method: "default" } });
    expect(await failureOf(store.get("app"))).toMatchObject({ reason: "token-rejected" });
    refused = true;
    await store.put("app", "x");
    expect((await store.get("app")).text()).toBe("x");
    expect(asked.filter((url) => url.includes("/token"))).toHaveLength(2);
  });

  test("a service that does not answer in time is Timeout", async () => {
    const { server } = await serviceUnderTest({ transport });
    const store = openGcpStore(optionsFor(server, { transport }), { timeoutMs: 300 });
    onTestFinished(() => store.close());
    await store.put("app", canary.value);
    server.fail({ action: { type: "latency", latencyMs: 2_000 } });
    expect(await failureOf(store.get("app"), canary)).toMatchObject({
      code: "Timeout",
      retryable: true,
    });
    expect((await store.get("app")).text()).toBe(canary.value);
  });

  test("closing while the first call connects leaves nothing open", async () => {
    const { server } = await serviceUnderTest({ transport });
    const provider = openProvider(optionsFor(server, { transport }));
    const { signal } = new AbortController();
    const health = provider.health({ signal }).catch((error: unknown) => error);
    await provider.close();
    await health;
    await provider.close();
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  test("50 first calls at once all succeed, each with the requests that it needs", async () => {
    const { server, store } = await serviceUnderTest({ transport });
    const paths = Array.from({ length: 50 }, (_, index) => `first/${index}`);
    await Promise.all(paths.map((path) => store.put(path, path)));
    const values = await Promise.all(paths.map(async (path) => (await store.get(path)).text()));
    expect(values).toEqual(paths);
    expect(server.requests).toHaveLength(50 * 4);
  });
});

test("a proxy is gone through, over REST and with TLS to the service", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { ca, certificateFile, keyFile } = await createTestCertificates(folder);
  const tls = { cert: await readFile(certificateFile), key: await readFile(keyFile) };
  const { server, open } = await serviceUnderTest({ transport: "rest", insecure: false }, { tls });
  const targets: (string | undefined)[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, socket, head) => {
    targets.push(request.url);
    const upstream = connect(server.restPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  const url = `http://127.0.0.1:${await listen(proxy)}`;
  const store = open({ proxy: { url }, tls: { ca } });
  await store.put("app", canary.value);
  expect((await store.get("app")).text()).toBe(canary.value);
  expect(new Set(targets)).toEqual(new Set([`127.0.0.1:${server.restPort}`]));
  const untrusting = open({ proxy: { url } });
  expect(await failureOf(untrusting.get("app"), canary)).toMatchObject({ reason: "tls-untrusted" });
});

test("a file that was not there at the first call may be there at the next", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { caFile, certificateFile, keyFile } = await createTestCertificates(folder);
  const tls = { cert: await readFile(certificateFile), key: await readFile(keyFile) };
  const { open } = await serviceUnderTest({ transport: "grpc", insecure: false }, { tls });
  const later = join(folder, "later.pem");
  const store = open({ tls: { caFile: later } });
  expect(await failureOf(store.get("app"))).toMatchObject({ code: "Config", reason: "ca-file" });
  await copyFile(caFile, later);
  expect(await store.tryGet("app")).toBeUndefined();
});

test("health tells how far the clocks are apart, over REST", async () => {
  const { server } = await serviceUnderTest({ transport: "rest" });
  const clock = { ...systemClock, now: () => systemClock.now() - 3_600_000 };
  const store = openGcpStore(optionsFor(server, { transport: "rest" }), { clock });
  onTestFinished(() => store.close());
  const { details } = await store.health();
  expect(Number(details["clockSkewSeconds"])).toBeGreaterThan(3_590);
  expect(Number(details["clockSkewSeconds"])).toBeLessThan(3_610);
});

test("a redirect is not followed, so that the token goes nowhere else", async () => {
  const followed: (string | undefined)[] = [];
  const elsewhere = await listen(
    createServer((request, response) => {
      followed.push(request.headers.authorization);
      response.end("{}");
    }),
  );
  const port = await listen(
    createServer((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere}/` }).end();
    }),
  );
  const store = openGcpStore({
    project: "test-project",
    transport: "rest",
    apiEndpoint: "127.0.0.1",
    port,
    insecure: true,
    credential: { method: "access-token", token: canary.value },
  });
  onTestFinished(() => store.close());
  expect(await failureOf(store.get("app"), canary)).toMatchObject({
    code: "Config",
    reason: "not-secret-manager",
  });
  expect(followed).toEqual([]);
});
