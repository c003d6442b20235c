import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { AzureCredentialOptions } from "../src/options.js";
import { testTls } from "./support.js";
import { failureOf, vaultUnderTest } from "./vault.js";

const tls = await testTls();
const canary = createCanary();
const client = { clientId: "app", clientSecret: canary.value };

async function temporaryFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-azure-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "file");
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

describe("client-secret", () => {
  const credentialFor = (
    server: { readonly tenantId: string; readonly authorityHost: string },
    overrides: object = {},
  ): AzureCredentialOptions => ({
    method: "client-secret",
    tenantId: server.tenantId,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    authorityHost: server.authorityHost,
    ...overrides,
  });

  it("logs in at the authority, once for 20 calls", async () => {
    const { open, server } = await vaultUnderTest(tls, { server: { clients: [client] } });
    const store = open({ credential: credentialFor(server) });
    await Promise.all(Array.from({ length: 20 }, (_, n) => store.put(`a/${n}`, "1")));
    expect((await store.get("a/7")).text()).toBe("1");
    expect(server.requests.filter(({ path }) => path.endsWith("/oauth2/v2.0/token"))).toHaveLength(
      1,
    );
  });

  it("takes the secret from a file", async () => {
    const { open, server } = await vaultUnderTest(tls, { server: { clients: [client] } });
    const clientSecretFile = await temporaryFile(`${client.clientSecret}\n`);
    const store = open({
      credential: credentialFor(server, { clientSecret: undefined, clientSecretFile }),
    });
    await store.put("a", "1");
    expect((await store.get("a")).text()).toBe("1");
  });

  it.each([
    ["a wrong secret", { clientSecret: `${canary.value}-wrong` }],
    ["an unknown client", { clientId: "nobody" }],
  ])("with %s is Unauthenticated, without a word of the secret", async (_what, overrides) => {
    const { open, server } = await vaultUnderTest(tls, { server: { clients: [client] } });
    const store = open({ credential: credentialFor(server, overrides) });
    const error = await failureOf(store.get("a"));
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "credential-rejected" });
    expectClean(error, canary);
    expect(
      server.requests.every(({ path, authorized }) => !(authorized && path.startsWith("/secrets"))),
    ).toBe(true);
  });

  it("whose authority cannot be reached is Unavailable", async () => {
    const { open, server } = await vaultUnderTest(tls);
    const store = open({
      credential: credentialFor(server, { authorityHost: "https://127.0.0.1:9" }),
    });
    const error = await failureOf(store.get("a"));
    expect(error).toMatchObject({ code: "Unavailable", reason: "identity-unreachable" });
    expectClean(error, canary);
  });
});

describe("access-token", () => {
  it("that expired is Unauthenticated, and a new one in the file works at once", async () => {
    const { open, server } = await vaultUnderTest(tls);
    const now = Math.floor(Date.now() / 1_000);
    const tokenFile = await temporaryFile(server.issueToken({ exp: now - 60, nbf: now - 120 }));
    const store = open({ credential: { method: "access-token", tokenFile } });
    expect(await failureOf(store.put("a", "1"))).toMatchObject({
      code: "Unauthenticated",
      reason: "token-rejected",
    });
    await writeFile(tokenFile, server.issueToken());
    await store.put("a", "1");
    expect((await store.get("a")).text()).toBe("1");
  });

  it("that the vault stops taking is replaced by the next one in the file", async () => {
    const { open, server } = await vaultUnderTest(tls);
    const old = server.issueToken();
    const tokenFile = await temporaryFile(old);
    const store = open({ credential: { method: "access-token", tokenFile } });
    await store.put("a", "1");
    server.fail({
      action: { type: "unauthorized" },
      on: ({ headers }) => headers.authorization === `Bearer ${old}`,
      times: Infinity,
    });
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Unauthenticated" });
    await writeFile(tokenFile, server.issueToken());
    expect((await store.get("a")).text()).toBe("1");
  });

  it.each([
    ["of another audience", { aud: "https://management.azure.com" }],
    ["of another tenant", { iss: "https://sts.windows.net/other/" }],
  ])("%s is Unauthenticated", async (_what, claims) => {
    const { open, server } = await vaultUnderTest(tls);
    const token = server.issueToken(claims);
    const error = await failureOf(open({ credential: { method: "access-token", token } }).get("a"));
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "token-rejected" });
    expect(error.message).not.toContain(token);
  });

  it.each([
    ["two lines", `${canary.value}\nx: y`],
    ["nothing", " \n"],
  ])("of %s is refused before it is sent", async (_what, token) => {
    const { open, server } = await vaultUnderTest(tls);
    const error = await failureOf(open({ credential: { method: "access-token", token } }).get("a"));
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "malformed-token" });
    expectClean(error, canary);
    expect(server.requests.every(({ authorized }) => !authorized)).toBe(true);
  });

  it("whose file is missing is Config", async () => {
    const { open } = await vaultUnderTest(tls);
    const store = open({ credential: { method: "access-token", tokenFile: "/nowhere/token" } });
    expect(await failureOf(store.get("a"))).toMatchObject({
      code: "Config",
      reason: "file-unreadable",
    });
  });
});

describe("without a credential", () => {
  it("the default chain is Unauthenticated, and says what to do", async () => {
    // Only this one of the chain: the others ask addresses and tools outside of the test.
    vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential");
    vi.stubEnv("PATH", "/nowhere");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { open, server } = await vaultUnderTest(tls);
    const error = await failureOf(open({ credential: { method: "default" } }).get("a"));
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "no-credential" });
    expect(error.message).toContain("az login");
    expect(server.requests.every(({ authorized }) => !authorized)).toBe(true);
  });

  it("workload-identity with nothing configured is Unauthenticated", async () => {
    const { open } = await vaultUnderTest(tls);
    const store = open({ credential: { method: "workload-identity" } });
    const error = await failureOf(store.get("a"));
    expect(error.code).toBe("Unauthenticated");
  });
});

describe("a proxy", () => {
  /** Tunnels to the vault, and says who came. */
  async function startProxy(): Promise<{
    readonly url: string;
    readonly tunnels: { readonly to: string; readonly authorization: string | undefined }[];
  }> {
    const tunnels: { to: string; authorization: string | undefined }[] = [];
    const sockets = new Set<Socket>();
    const proxy = createServer();
    proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
      tunnels.push({
        to: request.url ?? "",
        authorization: request.headers["proxy-authorization"],
      });
      const [host = "", port = ""] = (request.url ?? "").split(":");
      const target = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        target.pipe(socket).pipe(target);
      });
      for (const end of [socket, target]) {
        sockets.add(end);
        end.on("error", () => undefined);
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    });
    return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, tunnels };
  }

  it("carries every request, with the own authority and its own credentials", async () => {
    const { open, server } = await vaultUnderTest(tls);
    const proxy = await startProxy();
    const store = open({ proxy: { url: proxy.url, username: "me", password: canary.value } });
    await store.put("a", "1");
    expect((await store.get("a")).text()).toBe("1");
    expect(proxy.tunnels.length).toBeGreaterThan(0);
    const authorization = `Basic ${Buffer.from(`me:${canary.value}`).toString("base64")}`;
    for (const tunnel of proxy.tunnels) {
      expect(tunnel).toEqual({ to: new URL(server.url).host, authorization });
    }
  });

  it("that is not there is Unavailable, and its password stays out of the error", async () => {
    const { open } = await vaultUnderTest(tls);
    const store = open({
      proxy: { url: "http://127.0.0.1:9", username: "me", password: canary.value },
    });
    const error = await failureOf(store.get("a"));
    expect(error).toMatchObject({ code: "Unavailable", reason: "connection-refused" });
    expectClean(error, canary);
  });
});
