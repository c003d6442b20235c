import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStore, type SecretStore } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { AwsOptions } from "../../src/options.js";
import { createDriver } from "../../src/driver.js";
import { testContext, testDriver } from "../support.js";
import { answerValue, startProxy, startServer } from "./local-server.js";

function openStore(options: AwsOptions, timeoutMs = 20_000): SecretStore {
  const store = createStore("aws", testDriver({ readTags: false, ...options }), {
    timeoutMs,
    resilience: false,
  });
  onTestFinished(() => store.close());
  return store;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kinko-aws-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("a server that is not AWS", () => {
  test("that answers a page becomes Unavailable, and nothing of the page is repeated", async () => {
    const canary = createCanary();
    const endpoint = await startServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html" });
      response.end(`<html>${canary.value}</html>`);
    });
    const failure: unknown = await openStore({ endpoint })
      .get("a")
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "Unavailable", reason: "bad-answer" });
    expectClean(failure, canary);
  });

  test("that cuts its answer off becomes Unavailable", async () => {
    const endpoint = await startServer((_request, response) => {
      response.writeHead(200, { "Content-Length": "1000" });
      response.write('{"SecretString":"half');
      setImmediate(() => response.destroy());
    });
    await expect(openStore({ endpoint }).get("a")).rejects.toMatchObject({
      code: "Unavailable",
      retryable: true,
    });
  });

  test("that never answers is given up at the deadline, with its connection", async () => {
    let closed: Promise<unknown> | undefined;
    const endpoint = await startServer((request) => {
      closed = once(request.socket, "close");
    });
    await expect(openStore({ endpoint }, 300).get("a")).rejects.toMatchObject({ code: "Timeout" });
    expect(closed).toBeDefined();
    await closed;
  });

  test("that refuses connections becomes Unavailable after one attempt", async () => {
    await expect(openStore({ endpoint: "http://127.0.0.1:1" }).get("a")).rejects.toMatchObject({
      code: "Unavailable",
      reason: "connection-refused",
    });
  });
});

describe("a proxy", () => {
  test("is gone through, with its credentials", async () => {
    const endpoint = await startServer(answerValue);
    const basic = `Basic ${Buffer.from("user:pass word").toString("base64")}`;
    const { port, targets } = await startProxy(basic);
    const store = openStore({ endpoint, proxy: `http://user:pass%20word@127.0.0.1:${port}` });
    expect((await store.get("a")).text()).toBe("value");
    expect(targets).toEqual([new URL(endpoint).host]);
  });

  test("that refuses is told from AWS, and its credentials are not shown", async () => {
    const canary = createCanary();
    const endpoint = await startServer(answerValue);
    const { port } = await startProxy("Basic other");
    const store = openStore({ endpoint, proxy: `http://user:${canary.value}@127.0.0.1:${port}` });
    const failure: unknown = await store.get("a").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "Config", reason: "proxy-authentication" });
    expectClean(failure, canary);
  });
});

describe("a certificate file", () => {
  test("that is missing or none is a Config error, until it is put right", async () => {
    const endpoint = await startServer(answerValue);
    const caFile = join(temporaryFolder(), "ca.pem");
    const store = openStore({ endpoint, caFile });
    const unusable = { code: "Config", reason: "tls-file-unusable" };
    await expect(store.get("a")).rejects.toMatchObject(unusable);
    for (const text of [
      "",
      "text",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ]) {
      writeFileSync(caFile, text);
      await expect(store.get("a")).rejects.toMatchObject(unusable);
    }
  });
});

describe("without settings", () => {
  /** A process in which no chain finds anything. */
  function emptyEnvironment(): void {
    const nowhere = join(temporaryFolder(), "absent");
    for (const name of Object.keys(process.env)) {
      if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
    }
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", nowhere);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", nowhere);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
  }

  function openBare(options: AwsOptions): SecretStore {
    const store = createStore("aws", createDriver(options, testContext()), {
      timeoutMs: 20_000,
      resilience: false,
    });
    onTestFinished(() => store.close());
    return store;
  }

  test("missing credentials are Unauthenticated, for every call, and the process lives on", async () => {
    emptyEnvironment();
    const endpoint = await startServer(answerValue);
    const store = openBare({ region: "eu-central-1", endpoint });
    const missing = { code: "Unauthenticated", reason: "no-credentials" };
    await expect(store.get("a")).rejects.toMatchObject(missing);
    await expect(store.put("a", "x")).rejects.toMatchObject(missing);
    await expect(store.delete("a")).rejects.toMatchObject(missing);
    await expect(store.getMany(["a", "b"])).rejects.toMatchObject(missing);
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Unauthenticated" });
  });

  test("a profile that does not exist is Unauthenticated", async () => {
    emptyEnvironment();
    const store = openBare({ region: "eu-central-1", profile: "no-such-profile" });
    await expect(store.get("a")).rejects.toMatchObject({ code: "Unauthenticated" });
  });

  test("a missing region is a Config error that says where to set it", async () => {
    emptyEnvironment();
    const store = openBare({ credentials: { accessKeyId: "a", secretAccessKey: "b" } });
    await expect(store.get("a")).rejects.toMatchObject({ code: "Config", reason: "no-region" });
    await expect(store.get("a")).rejects.toThrow(/AWS_REGION/u);
  });
});
