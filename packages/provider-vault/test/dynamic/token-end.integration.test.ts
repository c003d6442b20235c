import { setTimeout as pause } from "node:timers/promises";
import type { SecretStore } from "@kinko/core";
import { createLeaseManager, type LeaseEvent } from "@kinko/core/leases";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createReadonly, useDatabase } from "../database/use-database.js";
import { openVaultStore } from "../support.js";
import { createAppRole } from "../vault-setup.js";

const { vault, mount, databases, connect, sql } = useDatabase();
const canary = createCanary();
const { signal } = new AbortController();
/** Its accounts' names hold it. */
const role = "tokenend";
const path = `${mount}/creds/${role}`;

async function createRole(): Promise<void> {
  await connect(role, canary.value);
  await databases().createRole(role, {
    connection: role,
    creationStatements: createReadonly,
    defaultTtlSeconds: 3_600,
    maxTtlSeconds: 7_200,
  });
}

interface Login {
  readonly user: string;
  readonly password: string;
}

function loginOf(secret: { json(): unknown }): Login {
  const { username, password } = secret.json() as { username: string; password: string };
  return { user: username, password };
}

/** A role of long leases, and a store that logs in by AppRole, to tokens of this life. */
async function openAppRole(ttlSeconds: number, maxTtlSeconds: number): Promise<SecretStore> {
  await createRole();
  const rules = {
    [path]: ["read"],
    "sys/leases/renew": ["update"],
    "sys/leases/revoke": ["update"],
  };
  const tokens = { token_ttl: ttlSeconds, token_max_ttl: maxTtlSeconds };
  const { mount: auth, roleId, secretId } = await createAppRole(vault, rules, tokens);
  const store = openVaultStore({
    address: vault.address,
    auth: { method: "approle", mount: auth, roleId, secretId: await secretId() },
  });
  onTestFinished(() => store.close());
  return store;
}

async function accounts(): Promise<number> {
  const [row] = await sql(
    `SELECT count(*)::int AS n FROM pg_roles WHERE rolname LIKE 'v-approle-${role}-%'`,
  );
  return Number(row?.["n"]);
}

describe("closing the store that has issued credentials", () => {
  test("leaves credentials alone that were handed out and are in use", async () => {
    const store = await openAppRole(60, 600);
    const { id, secret } = await store.as("dynamic").issue({ path }, { signal });
    await store.close();
    await sql("SELECT 1", loginOf(secret));
    await vault.request("POST", "sys/leases/revoke", { lease_id: id, sync: true });
    expect(await accounts()).toBe(0);
  });

  test("revokes the token again when the credentials were revoked before", async () => {
    const store = await openAppRole(60, 600);
    const dynamic = store.as("dynamic");
    const { id } = await dynamic.issue({ path }, { signal });
    const { accessor } = await store.as("tokens").lookupSelf();
    const lookup = async (): Promise<number> =>
      (await vault.request("POST", "auth/token/lookup-accessor", { accessor })).status;
    await dynamic.revoke(id, { signal });
    expect(await lookup()).toBe(200);
    await store.close();
    expect(await lookup()).toBe(400);
  });
});

describe("closing the store that has made tokens", () => {
  const open = async (): Promise<SecretStore> => {
    const rules = { "auth/token/create": ["update", "sudo"] };
    const { mount: auth, roleId, secretId } = await createAppRole(vault, rules);
    const method = { method: "approle", mount: auth, roleId, secretId: await secretId() } as const;
    return openVaultStore({ address: vault.address, auth: method });
  };
  const status = async (accessor: string | undefined): Promise<number> =>
    (await vault.request("POST", "auth/token/lookup-accessor", { accessor })).status;

  test("leaves tokens alone that it has made, and that would end with its own", async () => {
    const store = await open();
    const tokens = store.as("tokens");
    const made = [await tokens.create(), await tokens.create({ type: "service" })];
    const wrapped = await tokens.createWrapped({ wrapTtlSeconds: 60 });
    await store.close();
    for (const { accessor } of made) expect(await status(accessor)).toBe(200);
    expect(await status(wrapped.wrappedAccessor)).toBe(200);
  });

  test("revokes its own token where all that it has made are orphans", async () => {
    const store = await open();
    const tokens = store.as("tokens");
    const { accessor: own } = await tokens.lookupSelf();
    const { accessor } = await tokens.create({ orphan: true });
    await store.close();
    expect([await status(own), await status(accessor)]).toEqual([400, 200]);
    await vault.request("POST", "auth/token/revoke-accessor", { accessor });
  });
});

test("leases outlive the logins they were made under: nothing ended is handed out, no account is left", async () => {
  // Renewed once, and succeeded by a new login before it ends after nine seconds.
  const store = await openAppRole(6, 9);
  const events: LeaseEvent[] = [];
  const leases = createLeaseManager({
    dynamic: store.as("dynamic"),
    overlapMs: 1_000,
    onEvent: (event) => events.push(event),
  });
  const handle = await leases.acquire({ path });
  const users = new Set<string>();
  const ended = (): number => events.filter(({ type }) => type === "revoked").length;
  while (ended() < 2) {
    const login = loginOf((await handle.ready()).secret);
    users.add(login.user);
    await sql("SELECT 1", login);
    await pause(50);
  }
  expect(users.size).toBe(3);
  expect(events.filter(({ type }) => type === "rotated")).toHaveLength(2);
  await leases.close();
  await store.close();
  expect(await accounts()).toBe(0);
});
