import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretStore } from "@kinko/core";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { VaultAuthOptions } from "../src/auth/options.js";
import { failureOf } from "./failures.js";
import { openVaultStore } from "./support.js";
import { createAppRole, createToken, wrap } from "./vault-setup.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });
const canary = createCanary();
const mayRead = { [`${mount}/data/*`]: ["read"] };

beforeAll(async () => {
  await vault.request("POST", `${mount}/data/app`, { data: { value: canary.value } });
});

function open(
  auth: VaultAuthOptions | undefined,
  env: Readonly<Record<string, string>> = {},
): SecretStore {
  const store = openVaultStore(
    { address: vault.address, mount, ...(auth === undefined ? {} : { auth }) },
    { env },
  );
  onTestFinished(() => store.close());
  return store;
}

async function expectReads(store: SecretStore): Promise<void> {
  expect((await store.get("app")).text()).toBe(canary.value);
}

async function temporaryFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-vault-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "credential");
  await writeFile(file, content, { mode: 0o600 });
  return file;
}

function revoke(token: string): Promise<unknown> {
  return vault.request("POST", "auth/token/revoke", { token });
}

describe("token", () => {
  test("of the config, of VAULT_TOKEN, or of the token file opens the store", async () => {
    const token = await createToken(vault, mayRead);
    await expectReads(open({ method: "token", token }));
    await expectReads(open(undefined, { VAULT_TOKEN: token }));
    await expectReads(open({ method: "token-file", file: await temporaryFile(`${token}\n`) }));
  });

  test("that Vault does not know is Unauthenticated", async () => {
    const error = await failureOf(
      open({ method: "token", token: `hvs.${canary.value}` }).get("app"),
      canary,
    );
    expect(error).toMatchObject({
      code: "Unauthenticated",
      reason: "token-rejected",
      retryable: false,
    });
  });

  test("that was revoked is Unauthenticated, and never NotFound", async () => {
    const token = await createToken(vault, mayRead);
    const store = open({ method: "token", token });
    await expectReads(store);
    await revoke(token);
    for (const ref of ["app", "missing"]) {
      expect((await failureOf(store.tryGet(ref), canary)).code).toBe("Unauthenticated");
    }
  });

  test("in a file that was replaced after the old one ended is used at once", async () => {
    const first = await createToken(vault, mayRead);
    const file = await temporaryFile(first);
    const store = open({ method: "token-file", file });
    await expectReads(store);
    await revoke(first);
    await writeFile(file, await createToken(vault, mayRead));
    await expectReads(store);
  });
});

describe("AppRole", () => {
  test("logs in at the first call, once for 20 callers", async () => {
    const role = await createAppRole(vault, mayRead, { secret_id_num_uses: 1 });
    const store = open({
      method: "approle",
      roleId: role.roleId,
      secretId: await role.secretId(),
      mount: role.mount,
    });
    // A second login would fail, as the secret id is good for one.
    await Promise.all(Array.from({ length: 20 }, () => expectReads(store)));
  });

  test("takes the secret id from a file", async () => {
    const role = await createAppRole(vault, mayRead);
    const secretIdFile = await temporaryFile(`${await role.secretId()}\n`);
    await expectReads(
      open({ method: "approle", roleId: role.roleId, secretIdFile, mount: role.mount }),
    );
  });

  test("logs in again when its token has ended", async () => {
    const role = await createAppRole(vault, mayRead, { token_num_uses: 1 });
    const store = open({
      method: "approle",
      roleId: role.roleId,
      secretId: await role.secretId(),
      mount: role.mount,
    });
    // Each token is good for one request.
    for (let n = 0; n < 4; n += 1) await expectReads(store);
  });

  test("does not log in again because a policy denies something", async () => {
    const role = await createAppRole(vault, mayRead, { secret_id_num_uses: 1 });
    const store = open({
      method: "approle",
      roleId: role.roleId,
      secretId: await role.secretId(),
      mount: role.mount,
    });
    const error = await failureOf(store.put("app", canary.value), canary);
    expect(error).toMatchObject({ code: "PermissionDenied", reason: "policy" });
    await expectReads(store);
  });

  test("with a wrong role id or secret id is Unauthenticated", async () => {
    const role = await createAppRole(vault, mayRead);
    const secretId = await role.secretId();
    const wrong: VaultAuthOptions[] = [
      { method: "approle", roleId: canary.value, secretId, mount: role.mount },
      { method: "approle", roleId: role.roleId, secretId: canary.value, mount: role.mount },
    ];
    for (const auth of wrong) {
      const error = await failureOf(open(auth).get("app"), canary);
      expect(error).toMatchObject({ code: "Unauthenticated", reason: "approle-rejected" });
    }
  });

  test("at a path without an auth method is denied, with a hint at the mount", async () => {
    const auth: VaultAuthOptions = {
      method: "approle",
      roleId: "r",
      secretId: canary.value,
      mount: "nowhere",
    };
    const error = await failureOf(open(auth).get("app"), canary);
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "login-denied" });
    expect(error.message).toContain("auth.mount");
  });

  test("with a secret id file that is not there says so", async () => {
    const auth: VaultAuthOptions = {
      method: "approle",
      roleId: "r",
      secretIdFile: "/nonexistent/secret-id",
    };
    expect(await failureOf(open(auth).get("app"), canary)).toMatchObject({
      code: "Unauthenticated",
      reason: "no-secret-id",
    });
  });
});

describe("a wrapped secret id", () => {
  test("is unwrapped once, and kept for later logins", async () => {
    const role = await createAppRole(vault, mayRead, { token_num_uses: 1 });
    const secretId = await wrap(vault, `${role.path}/secret-id`);
    const store = open({
      method: "approle",
      roleId: role.roleId,
      secretId,
      wrapped: true,
      mount: role.mount,
    });
    for (let n = 0; n < 3; n += 1) await expectReads(store);
  });

  test("that somebody else has unwrapped before raises the alarm", async () => {
    const role = await createAppRole(vault, mayRead);
    const secretId = await wrap(vault, `${role.path}/secret-id`);
    const auth: VaultAuthOptions = {
      method: "approle",
      roleId: role.roleId,
      secretId,
      wrapped: true,
      mount: role.mount,
    };
    await expectReads(open(auth));
    const error = await failureOf(open(auth).get("app"), canary);
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "wrapping-token-used" });
    expect(error.message).toContain("somebody else");
    expect(error.message).not.toContain(secretId);
  });

  test("that wraps something else is not opened", async () => {
    const role = await createAppRole(vault, mayRead);
    const secretId = await wrap(vault, "sys/wrapping/wrap", { secret_id: await role.secretId() });
    const auth: VaultAuthOptions = {
      method: "approle",
      roleId: role.roleId,
      secretId,
      wrapped: true,
      mount: role.mount,
    };
    const error = await failureOf(open(auth).get("app"), canary);
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "wrapping-token-foreign" });
    const { status } = await vault.request("POST", "sys/wrapping/unwrap", { token: secretId });
    expect(status).toBe(200);
  });
});
