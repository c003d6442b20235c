import { createKvMount, realVault } from "@kinko/servers/vitest";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { IdentityInfo } from "@kinko/core";
import { failureOf } from "../failures.js";
import { openVaultStore } from "../support.js";
import { createAppRole, createToken } from "../vault-setup.js";
import type { VaultAuthOptions } from "../../src/auth/options.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });
const signal = AbortSignal.timeout(30_000);

function check(auth: VaultAuthOptions): Promise<IdentityInfo> {
  const store = openVaultStore({ address: vault.address, mount, auth });
  onTestFinished(() => store.close());
  return store.as("identity").check({ signal });
}

function reasons({ warnings }: IdentityInfo): string[] {
  return warnings.map(({ reason }) => reason);
}

describe("whose the token is", () => {
  test("is told with its policies and its end, and without the token", async () => {
    const role = await createAppRole(
      vault,
      { "auth/token/lookup-self": ["read"] },
      {
        token_no_default_policy: true,
      },
    );
    const secretId = await role.secretId();
    const { roleId, mount: at } = role;
    const found = await check({ method: "approle", roleId, secretId, mount: at });
    expect(found).toMatchObject({
      principal: at,
      source: `auth/${at}/login`,
      renewable: true,
      warnings: [],
      details: { type: "service" },
    });
    expect(found.policies).toHaveLength(1);
    expect(found.ttlSeconds).toBeGreaterThan(590);
    expectClean(found, { value: secretId, forms: [{ name: "raw", text: secretId }] });
  });

  test("warns of the default policy, which makes every read dearer", async () => {
    const token = await createToken(vault, {}, { defaultPolicy: true });
    expect(reasons(await check({ method: "token", token }))).toEqual(["default-policy"]);
  });

  test("warns of a root token", async () => {
    const found = await check({ method: "token", token: vault.token });
    expect(found.ttlSeconds).toBeUndefined();
    expect(reasons(found)).toEqual(["root-token"]);
  });

  test("is unknown, and the token accepted, when it may not look at itself", async () => {
    const token = await createToken(vault, {});
    const found = await check({ method: "token", token });
    expect(found).toMatchObject({ principal: undefined, policies: undefined });
    expect(reasons(found)).toEqual(["may-not-look-up"]);
  });

  test("of a token that Vault does not know is Unauthenticated", async () => {
    const canary = createCanary();
    const error = await failureOf(check({ method: "token", token: canary.value }), canary);
    expect(error.code).toBe("Unauthenticated");
  });
});
