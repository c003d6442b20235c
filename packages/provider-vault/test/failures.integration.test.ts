import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretStore } from "@kinko/core";
import { freePort, prepareVaultBinary, vaultRequest } from "@kinko/servers";
import { createKvMount, realVault, startOwnVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { VaultOptions } from "../src/options.js";
import { failureOf } from "./failures.js";
import { recordRequests } from "./record-requests.js";
import { openVaultStore } from "./support.js";
import { createToken } from "./vault-setup.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });
const version1 = createKvMount({ version: 1 });
const canary = createCanary();

function open(options: VaultOptions = {}): SecretStore {
  const auth = { method: "token", token: vault.token } as const;
  const store = openVaultStore({ address: vault.address, mount, auth, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** Every call of a store that can meet a wrong mount. */
function calls(store: SecretStore): (() => Promise<unknown>)[] {
  return [
    () => store.get("app"),
    () => store.get("app@3"),
    () => store.put("app", canary.value),
    () => store.delete("app", { mode: "purge" }),
    () => store.list()[Symbol.asyncIterator]().next(),
  ];
}

describe("the mount", () => {
  test("that is not there is a wrong config, and not NotFound", async () => {
    for (const call of calls(open({ mount: "nowhere" }))) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "Config",
        reason: "mount-not-found",
      });
    }
    for (const call of calls(open({ mount: "nowhere", kvVersion: "auto" }))) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "Config",
        reason: "mount-not-found",
      });
    }
  });

  test("of KV version 1 with a config for 2 is told, and nothing is written", async () => {
    for (const call of calls(open({ mount: version1, kvVersion: 2 }))) {
      const error = await failureOf(call(), canary);
      expect(error).toMatchObject({ code: "Config", reason: "kv-version-mismatch" });
      expect(error.message).toContain("Set kvVersion to 1");
    }
    expect((await vault.request("LIST", `${version1}/`)).status).toBe(404);
  });

  test("of KV version 1 is told also where it has a secret under the name that 2 would ask for", async () => {
    await vault.request("POST", `${version1}/data/app`, { value: canary.value });
    onTestFinished(async () => void (await vault.request("DELETE", `${version1}/data/app`)));
    const error = await failureOf(open({ mount: version1, kvVersion: 2 }).get("app"), canary);
    expect(error).toMatchObject({ code: "Config", reason: "kv-version-mismatch" });
  });

  test("of KV version 2 with a config for 1 is told, and nothing is written", async () => {
    const store = open({ kvVersion: 1 });
    for (const call of [
      () => store.get("app"),
      () => store.put("app", canary.value),
      () => store.delete("app", { mode: "purge" }),
    ]) {
      const error = await failureOf(call(), canary);
      expect(error).toMatchObject({ code: "Config", reason: "kv-version-mismatch" });
      expect(error.message).toContain("Set kvVersion to 2");
    }
    expect((await vault.request("LIST", `${mount}/metadata/`)).status).toBe(404);
  });

  test("of another engine is told", async () => {
    expect(
      await failureOf(open({ mount: "cubbyhole", kvVersion: "auto" }).get("app"), canary),
    ).toMatchObject({
      code: "Config",
      reason: "mount-not-kv",
    });
    expect(
      await failureOf(open({ mount: "cubbyhole" }).put("app", canary.value), canary),
    ).toMatchObject({
      code: "Config",
      reason: "mount-not-kv",
    });
  });

  test("is asked for its version once with auto, and before no read when the config says it", async () => {
    await open().put("counted", canary.value);
    const requests = recordRequests(mount);
    onTestFinished(requests.stop);
    const explicit = open();
    const auto = open({ kvVersion: "auto" });
    await explicit.get("counted");
    expect(requests.paths).toEqual([`/v1/${mount}/data/counted`]);
    await Promise.all(Array.from({ length: 5 }, () => auto.get("counted")));
    await auto.put("counted", canary.value);
    const preflight = `/v1/sys/internal/ui/mounts/${mount}`;
    expect(requests.paths.filter((path) => path === preflight)).toHaveLength(1);
    await explicit.put("counted", canary.value);
    await explicit.put("counted", canary.value);
    expect(requests.paths.filter((path) => path === preflight)).toHaveLength(2);
  });

  test("of KV version 1, found by auto, declares what it can do from then on", async () => {
    const store = open({ mount: version1, kvVersion: "auto" });
    expect(await failureOf(store.versions("app"), canary)).toMatchObject({ code: "Unsupported" });
    expect(await store.tryGet("app")).toBeUndefined();
    expect(store.capabilities.features.versions.support).toBe("unsupported");
    expect(
      await failureOf(store.put("app", canary.value, { ifVersion: "absent" }), canary),
    ).toMatchObject({
      code: "Unsupported",
    });
    await store.put("app", canary.value);
    await store.delete("app", { mode: "purge" });
  });
});

describe("a policy", () => {
  test("that does not allow a call is PermissionDenied, also for what is not there", async () => {
    await open().put("guarded", canary.value);
    const token = await createToken(vault, { [`${mount}/data/other`]: ["read"] });
    const store = open({ auth: { method: "token", token } });
    const work = [
      () => store.get("guarded"),
      () => store.tryGet("missing"),
      () => store.put("guarded", canary.value),
      () => store.delete("guarded"),
      () => store.versions("guarded"),
      () => store.list()[Symbol.asyncIterator]().next(),
    ];
    for (const call of work) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "PermissionDenied",
        retryable: false,
      });
    }
  });
});

describe("a token without any right in the mount", () => {
  test.each([2, "auto"] as const)(
    "is PermissionDenied for every call (kvVersion %s)",
    async (kvVersion) => {
      const token = await createToken(vault, { "elsewhere/*": ["read"] });
      for (const call of calls(open({ kvVersion, auth: { method: "token", token } }))) {
        expect(await failureOf(call(), canary)).toMatchObject({ code: "PermissionDenied" });
      }
    },
  );
});

describe("check-and-set", () => {
  test("that the mount or the secret requires is asked for", async () => {
    const store = open();
    const first = await store.put("strict", canary.value);
    await vault.request("POST", `${mount}/metadata/strict`, { cas_required: true });
    const error = await failureOf(store.put("strict", canary.value), canary);
    expect(error).toMatchObject({ code: "Conflict", reason: "cas-required" });
    expect(error.message).toContain("ifVersion");
    await store.put("strict", canary.value, { ifVersion: first.version });
  });

  test("with a version that is no number of Vault's is a conflict", async () => {
    const store = open();
    await store.put("numbered", canary.value);
    for (const ifVersion of ["", "0", "latest", "1.5", "-1", "99999999999999999999"]) {
      expect((await failureOf(store.put("numbered", "x", { ifVersion }), canary)).code).toBe(
        "Conflict",
      );
    }
    expect(await store.versions("numbered")).toHaveLength(1);
  });
});

describe("versions", () => {
  test("that max_versions has pruned are VersionNotFound, the name being there", async () => {
    await vault.request("POST", `${mount}/metadata/pruned`, { max_versions: 2 });
    const store = open();
    for (const text of ["1", "2", "3"]) await store.put("pruned", text);
    expect(await failureOf(store.get("pruned@1"), canary)).toMatchObject({
      code: "VersionNotFound",
    });
    expect((await store.versions("pruned")).map(({ id }) => id)).toEqual(["3", "2"]);
  });

  test("are told apart from missing names also without a right on metadata", async () => {
    await open().put("versioned", canary.value);
    const token = await createToken(vault, { [`${mount}/data/*`]: ["read"] });
    const store = open({ auth: { method: "token", token } });
    expect((await failureOf(store.get("versioned@9"), canary)).code).toBe("VersionNotFound");
    expect((await failureOf(store.get("nothing@9"), canary)).code).toBe("NotFound");
    expect((await failureOf(store.versions("versioned"), canary)).code).toBe("PermissionDenied");
    await open().delete("versioned");
    expect((await failureOf(store.get("versioned@9"), canary)).code).toBe("VersionNotFound");
    expect((await failureOf(store.get("versioned@latestEnabled"), canary)).code).toBe("Deleted");
  });

  test.each(["0", "-1", "01", "1.0", "abc", "9".repeat(30)])(
    "with the id %s are never read as the newest",
    async (id) => {
      const store = open();
      await store.put("ids", canary.value);
      expect((await failureOf(store.get({ path: "ids", version: id }), canary)).code).toBe(
        "VersionNotFound",
      );
    },
  );

  test("that Vault is to delete later are enabled until then", async () => {
    await vault.request("POST", `${mount}/metadata/later`, { delete_version_after: "1h" });
    const store = open();
    await store.put("later", canary.value);
    const [version] = await store.versions("later");
    expect(version?.state).toBe("enabled");
    expect(version?.deletedAt?.getTime()).toBeGreaterThan(Date.now());
    expect((await store.get("later@latestEnabled")).text()).toBe(canary.value);
  });

  test("of a secret that has metadata alone are none: it is NotFound", async () => {
    await vault.request("POST", `${mount}/metadata/empty`, { custom_metadata: { a: "b" } });
    const store = open();
    expect((await failureOf(store.get("empty"), canary)).code).toBe("NotFound");
    expect((await failureOf(store.versions("empty"), canary)).code).toBe("NotFound");
    await store.put("empty", canary.value, { ifVersion: "absent" });
  });

  test("have no stages", async () => {
    const store = open();
    for (const call of [() => store.get("a@stage:x"), () => store.undelete("a@stage:x")]) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "Unsupported",
        reason: "no-stages",
      });
    }
  });
});

describe("a rate limit", () => {
  test("is RateLimited, with how long to wait where Vault says it", async () => {
    const own = await startOwnVault();
    await own.request("POST", "sys/mounts/kv", { type: "kv", options: { version: "1" } });
    await own.request("POST", "sys/quotas/config", { enable_rate_limit_response_headers: true });
    await own.request("POST", "sys/quotas/rate-limit/kv", {
      path: "kv/",
      rate: 1,
      interval: "60s",
    });
    const auth = { method: "token", token: own.rootToken } as const;
    const store = open({ address: own.address, mount: "kv", kvVersion: 1, auth });
    await store.tryGet("limited");
    const error = await failureOf(store.get("limited"), canary);
    expect(error).toMatchObject({ code: "RateLimited", reason: "rate-limited", retryable: true });
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
  });
});

describe("a server", () => {
  test("that is sealed is Sealed until it is unsealed", async () => {
    const own = await startOwnVault();
    await own.request("POST", "sys/mounts/kv", { type: "kv", options: { version: "2" } });
    const store = open({
      address: own.address,
      mount: "kv",
      auth: { method: "token", token: own.rootToken },
    });
    await expect
      .poll(
        () =>
          store.put("app", canary.value).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    expect((await store.health()).status).toBe("healthy");

    await own.seal();
    expect(await failureOf(store.get("app"), canary)).toMatchObject({
      code: "Sealed",
      retryable: true,
    });
    expect(await failureOf(store.put("app", canary.value), canary)).toMatchObject({
      code: "Sealed",
    });
    expect(await store.health()).toMatchObject({
      status: "unhealthy",
      code: "Sealed",
      details: { sealed: true },
    });

    await own.unseal();
    expect((await store.get("app")).text()).toBe(canary.value);

    await own.kill();
    expect(await failureOf(store.get("app"), canary)).toMatchObject({
      code: "Unavailable",
      retryable: true,
    });
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Unavailable" });

    await own.restart();
    await own.unseal();
    expect((await store.get("app")).text()).toBe(canary.value);
  });

  test("that was never initialised is Uninitialized", async () => {
    const address = await startUninitialised();
    const store = open({ address });
    expect(await failureOf(store.get("app"), canary)).toMatchObject({ code: "Uninitialized" });
    expect(await store.health()).toMatchObject({ status: "unhealthy", code: "Uninitialized" });
  });

  test("that is not there, or is not known, is Unavailable", async () => {
    const refused = open({ address: `http://127.0.0.1:${await freePort()}` });
    expect(await failureOf(refused.get("app"), canary)).toMatchObject({
      reason: "connection-refused",
      retryable: true,
    });
    const unknown = open({ address: "http://vault.invalid:8200" });
    expect(await failureOf(unknown.get("app"), canary)).toMatchObject({
      reason: "host-not-found",
      retryable: true,
    });
  });
});

/** A Vault as it is before `vault operator init`. */
async function startUninitialised(): Promise<string> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "kinko-vault-"));
  const file = join(folder, "vault.json");
  const listener = {
    tcp: {
      address: `127.0.0.1:${port}`,
      cluster_address: `127.0.0.1:${await freePort()}`,
      tls_disable: true,
    },
  };
  const address = `http://127.0.0.1:${port}`;
  await writeFile(
    file,
    JSON.stringify({ storage: { inmem: {} }, listener, disable_mlock: true, api_addr: address }),
  );
  const { path } = await prepareVaultBinary();
  const server = spawn(path, ["server", `-config=${file}`], { stdio: "ignore" });
  onTestFinished(async () => {
    server.kill();
    await once(server, "exit");
    await rm(folder, { recursive: true });
  });
  await expect
    .poll(
      () =>
        vaultRequest({ address }, "GET", "sys/health").then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 30_000 },
    )
    .toBe(501);
  return address;
}
