import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStore, type SecretStore } from "@kinko/core";
import { createTestCertificates, type TestCertificates } from "@kinko/servers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { AwsOptions } from "../../src/options.js";
import { testDriver } from "../support.js";
import { answerValue, listen, startProxy } from "./local-server.js";

describe("a certificate of one's own authority", () => {
  const folder = mkdtempSync(join(tmpdir(), "kinko-aws-tls-"));
  let certificates: TestCertificates;
  beforeAll(async () => {
    certificates = await createTestCertificates(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function startTls(): Promise<string> {
    const options = {
      cert: readFileSync(certificates.certificateFile),
      key: readFileSync(certificates.keyFile),
    };
    return `https://127.0.0.1:${await listen(createServer(options, answerValue))}`;
  }

  function openStore(options: AwsOptions): SecretStore {
    const store = createStore("aws", testDriver({ readTags: false, ...options }), {
      resilience: false,
    });
    onTestFinished(() => store.close());
    return store;
  }

  test("is refused by default, and nothing is sent", async () => {
    const store = openStore({ endpoint: await startTls() });
    await expect(store.put("a", "x")).rejects.toMatchObject({
      code: "Config",
      reason: "tls-untrusted",
    });
  });

  test("is refused also where Node is told to trust everybody", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const endpoint = await startTls();
    const { port } = await startProxy();
    for (const options of [{ endpoint }, { endpoint, proxy: `http://127.0.0.1:${port}` }]) {
      await expect(openStore(options).get("a")).rejects.toMatchObject({ reason: "tls-untrusted" });
    }
  });

  test("is trusted with caFile, also through a proxy", async () => {
    const endpoint = await startTls();
    const { caFile } = certificates;
    expect((await openStore({ endpoint, caFile }).get("a")).text()).toBe("value");
    const { port, targets } = await startProxy();
    const proxy = `http://127.0.0.1:${port}`;
    expect((await openStore({ endpoint, caFile, proxy }).get("a")).text()).toBe("value");
    expect(targets).toHaveLength(1);
    await expect(openStore({ endpoint, proxy }).get("a")).rejects.toMatchObject({
      reason: "tls-untrusted",
    });
  });
});
