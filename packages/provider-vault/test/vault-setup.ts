import { randomBytes } from "node:crypto";
import type { RealVault } from "@kinko/servers/vitest";
import { onTestFinished } from "vitest";

type Vault = Pick<RealVault, "request">;

/** A token with a policy of these rules, and without the default policy unless asked for. */
export async function createToken(
  vault: Vault,
  rules: Readonly<Record<string, readonly string[]>>,
  options: { readonly defaultPolicy?: boolean } = {},
): Promise<string> {
  const name = await createPolicy(vault, rules);
  const { body } = await vault.request("POST", "auth/token/create", {
    policies: [name],
    no_default_policy: options.defaultPolicy !== true,
    ttl: "10m",
  });
  return stringAt(body, "auth", "client_token");
}

/** A policy, removed after the test. Rules are paths and capabilities. */
export async function createPolicy(
  vault: Vault,
  rules: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const name = `test-${randomBytes(6).toString("hex")}`;
  const path = Object.fromEntries(
    Object.entries(rules).map(([rule, capabilities]) => [rule, { capabilities }]),
  );
  await expectDone(
    vault.request("PUT", `sys/policies/acl/${name}`, { policy: JSON.stringify({ path }) }),
  );
  onTestFinished(() => expectDone(vault.request("DELETE", `sys/policies/acl/${name}`)));
  return name;
}

/** An AppRole in an auth mount of its own. */
export async function createAppRole(
  vault: Vault,
  rules: Readonly<Record<string, readonly string[]>>,
  role: Readonly<Record<string, unknown>> = {},
): Promise<{
  readonly mount: string;
  readonly roleId: string;
  readonly secretId: () => Promise<string>;
  readonly path: string;
}> {
  const mount = `approle-${randomBytes(6).toString("hex")}`;
  await expectDone(vault.request("POST", `sys/auth/${mount}`, { type: "approle" }));
  onTestFinished(() => expectDone(vault.request("DELETE", `sys/auth/${mount}`)));
  const path = `auth/${mount}/role/app`;
  const token_policies = [await createPolicy(vault, rules)];
  await expectDone(vault.request("POST", path, { token_policies, token_ttl: "10m", ...role }));
  const { body } = await vault.request("GET", `${path}/role-id`);
  return {
    mount,
    path,
    roleId: stringAt(body, "data", "role_id"),
    secretId: async () =>
      stringAt((await vault.request("POST", `${path}/secret-id`, {})).body, "data", "secret_id"),
  };
}

/** Wraps the answer of a POST, and gives the wrapping token. */
export async function wrap(
  vault: { readonly address: string; readonly token: string },
  path: string,
  body: unknown = {},
): Promise<string> {
  const response = await fetch(`${vault.address}/v1/${path}`, {
    method: "POST",
    headers: { "X-Vault-Token": vault.token, "X-Vault-Wrap-TTL": "60" },
    body: JSON.stringify(body),
  });
  return stringAt(
    (await response.json()) as Readonly<Record<string, unknown>>,
    "wrap_info",
    "token",
  );
}

async function expectDone(answer: ReturnType<RealVault["request"]>): Promise<void> {
  const { status } = await answer;
  if (status >= 300) throw new Error(`Vault answered ${status} to the set-up of a test.`);
}

/** The text at a path of keys. */
export function stringAt(
  body: Readonly<Record<string, unknown>>,
  ...keys: readonly string[]
): string {
  let current: unknown = body;
  for (const key of keys)
    current = (current as Readonly<Record<string, unknown>> | undefined)?.[key];
  if (typeof current !== "string") throw new Error(`Vault's answer has no ${keys.join(".")}.`);
  return current;
}
