import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, type SecretStore } from "@kinko/core";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { VaultTlsOptions } from "../src/options.js";
import { failureOf } from "./failures.js";
import { openVaultStore } from "./support.js";

const vault = realVault();
const mount = createKvMount({ version: 2, tls: true });
const canary = createCanary();

function open(
  tls: VaultTlsOptions,
  overrides: Parameters<typeof openVaultStore>[1] = {},
  address = vault.tls.address,
): SecretStore {
  const auth = { method: "token", token: vault.tls.token } as const;
  const store = openVaultStore({ address, mount, auth, tls }, overrides);
  onTestFinished(() => store.close());
  return store;
}

describe("a server with a private authority", () => {
  test("is trusted with its file, its text or VAULT_CACERT", async () => {
    const { caFile, ca } = vault.tls;
    for (const store of [
      open({ caFile }),
      open({ ca }),
      open({}, { env: { VAULT_CACERT: caFile } }),
    ]) {
      await store.put("app", canary.value);
      expect((await store.get("app")).text()).toBe(canary.value);
    }
  });

  test("is not trusted without, whatever VAULT_SKIP_VERIFY and Node's own switch say", async () => {
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    onTestFinished(() => {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    });
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    const warn = vi.fn();
    for (const skip of ["true", "1", "false", ""]) {
      const store = open(
        {},
        { env: { VAULT_SKIP_VERIFY: skip }, logger: { ...silentLogger, warn } },
      );
      const error = await failureOf(store.get("app"), canary);
      expect(error).toMatchObject({ code: "Config", reason: "tls-untrusted", retryable: false });
      expect(error.message).toContain("tls.caFile");
      expect(error.message).toContain("VAULT_SKIP_VERIFY");
    }
    expect(warn).toHaveBeenCalledTimes(2);
  });

  test("is not trusted under another name, and is under its own", async () => {
    const { caFile } = vault.tls;
    const error = await failureOf(
      open({ caFile, serverName: "other.example.com" }).get("app"),
      canary,
    );
    expect(error).toMatchObject({ code: "Config", reason: "tls-wrong-name" });
    expect(
      (await failureOf(open({ caFile, serverName: "localhost" }).get("missing"), canary)).code,
    ).toBe("NotFound");
  });

  test("is reported as down, with the reason, by health", async () => {
    expect(await open({}).health()).toMatchObject({ status: "unhealthy", code: "Config" });
    expect(await open({ caFile: vault.tls.caFile }).health()).toMatchObject({ status: "healthy" });
  });
});

describe("a mistake in the options", () => {
  test("a file that is not there is named by its option", async () => {
    const error = await failureOf(open({ caFile: "/nonexistent/ca.pem" }).get("app"), canary);
    expect(error).toMatchObject({ code: "Config", reason: "tls-file-unreadable" });
    expect(error.message).toContain("tls.caFile");
  });

  test("a file that appears later is read then", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kinko-tls-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const store = open({ caFile: "ca.pem" }, { directory: folder });
    expect((await failureOf(store.get("missing"), canary)).reason).toBe("tls-file-unreadable");
    await writeFile(join(folder, "ca.pem"), vault.tls.ca);
    expect((await failureOf(store.get("missing"), canary)).code).toBe("NotFound");
  });

  test("a file that is no PEM, or a broken one, is not used", async () => {
    expect((await failureOf(open({ ca: canary.value }).get("app"), canary)).reason).toBe(
      "tls-file-not-pem",
    );
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    expect((await failureOf(open({ ca: broken }).get("app"), canary)).code).toBe("Config");
  });

  test("http for a server that speaks https, and the other way round", async () => {
    const http = vault.tls.address.replace("https:", "http:");
    expect((await failureOf(open({}, {}, http).get("app"), canary)).reason).toBe("https-required");
    const https = vault.address.replace("http:", "https:");
    expect((await failureOf(open({}, {}, https).get("app"), canary)).reason).toBe("tls-not-spoken");
  });
});
