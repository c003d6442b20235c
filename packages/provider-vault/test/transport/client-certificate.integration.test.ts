import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import type { ProviderContext, SecretStore } from "@kinko/core";
import { createTestCertificates, type TestCertificates } from "@kinko/servers";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { VaultTlsOptions } from "../../src/options.js";
import { json, kv2Body } from "../canned-server.js";
import { failureOf } from "../failures.js";
import { openVaultStore } from "../support.js";

const canary = createCanary();

function open(
  address: string,
  tls: VaultTlsOptions,
  env: ProviderContext["env"] = {},
): SecretStore {
  const auth = { method: "token", token: canary.value } as const;
  const store = openVaultStore({ address, auth, tls }, { env });
  onTestFinished(() => store.close());
  return store;
}

describe("a server that asks for a client certificate", () => {
  /** Answers only who shows one; Vault does so with `tls_require_and_verify_client_cert`. */
  async function startStrict(): Promise<{
    readonly address: string;
    readonly certificates: TestCertificates;
  }> {
    const folder = await mkdtemp(join(tmpdir(), "kinko-tls-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const certificates = await createTestCertificates(folder);
    const [key, cert] = await Promise.all([
      readFile(certificates.keyFile),
      readFile(certificates.certificateFile),
    ]);
    // What is shown matters here, not whether its issuer meant it for clients.
    const options = { key, cert, requestCert: true, rejectUnauthorized: false };
    const server = createServer(options, (request, response) => {
      const shown = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
      if (shown === undefined) request.socket.destroy();
      else json(response, 200, kv2Body({ value: shown }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificates };
  }

  test("is shown the one of the options, or of VAULT_CLIENT_CERT", async () => {
    const { address, certificates } = await startStrict();
    const { caFile, certificateFile: certFile, keyFile } = certificates;
    const env = { VAULT_CLIENT_CERT: certFile, VAULT_CLIENT_KEY: keyFile };
    for (const store of [
      open(address, { caFile, certFile, keyFile }),
      open(address, { caFile }, env),
    ]) {
      expect((await store.get("app")).text()).toBe("localhost");
    }
    const without = await failureOf(open(address, { caFile }).get("app"), canary);
    expect(without).toMatchObject({ code: "Unavailable", reason: "connection-lost" });
  });

  test("is not asked when certificate and key do not belong together", async () => {
    const [{ address, certificates }, other] = await Promise.all([startStrict(), startStrict()]);
    const { caFile, certificateFile: certFile } = certificates;
    const tls = { caFile, certFile, keyFile: other.certificates.keyFile };
    const error = await failureOf(open(address, tls).get("app"), canary);
    expect(error).toMatchObject({ code: "Config", reason: "tls-file-unusable" });
  });
});
