import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createLeaseManager, type LeaseEvent } from "@kinko/core/leases";
import { startPostgres } from "@kinko/servers";
import { failureOf } from "../failures.js";
import { createToken } from "../vault-setup.js";
import { createReadonly, createReadwrite, loginOf, useDatabase } from "./use-database.js";

const { vault, mount, host, port, database, open, databases, connect, sql, rolesNamed } =
  useDatabase();
const canary = createCanary();
const { signal } = new AbortController();

describe("dynamic PostgreSQL (row A6)", () => {
  test("readonly and readwrite roles for 1 h, at most 24 h; the account dies with its lease", async () => {
    await connect("a6", canary.value);
    await sql("CREATE TABLE IF NOT EXISTS orders (id int)");
    const hours = { defaultTtlSeconds: 3_600, maxTtlSeconds: 86_400, connection: "a6" };
    await databases().createRole("readonly", { ...hours, creationStatements: createReadonly });
    await databases().createRole("readwrite", { ...hours, creationStatements: createReadwrite });
    const dynamic = open().as("dynamic");
    const reader = await dynamic.issue({ path: `${mount}/creds/readonly` }, { signal });
    const writer = await dynamic.issue({ path: `${mount}/creds/readwrite` }, { signal });
    expect(reader).toMatchObject({ durationSeconds: 3_600, renewable: true });

    await sql("INSERT INTO orders VALUES (1)", loginOf(writer.secret));
    expect(await sql("SELECT id FROM orders", loginOf(reader.secret))).toEqual([{ id: 1 }]);
    await expect(sql("DELETE FROM orders", loginOf(reader.secret))).rejects.toMatchObject({
      code: "42501",
    });
    const [account] = await sql(
      `SELECT rolvaliduntil::timestamptz AS until FROM pg_roles WHERE rolname = '${loginOf(reader.secret).user}'`,
    );
    const untilMs = Number(account?.["until"]) - Date.now();
    expect(untilMs).toBeGreaterThan(3_500_000);
    expect(untilMs).toBeLessThan(3_700_000);

    for (const { id, secret } of [reader, writer]) {
      await dynamic.revoke(id, { signal });
      expect(await rolesNamed(loginOf(secret).user)).toBe(0);
      await expect(sql("SELECT 1", loginOf(secret))).rejects.toMatchObject({ code: "28P01" });
    }
  });

  test("is read back as it was written, and never with the password", async () => {
    const { username } = await connect("readback", canary.value);
    const role = {
      connection: "readback",
      creationStatements: createReadonly,
      revocationStatements: [`DROP ROLE IF EXISTS "{{name}}"`],
      renewStatements: [`ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}'`],
      rollbackStatements: [`DROP ROLE IF EXISTS "{{name}}"`],
      defaultTtlSeconds: 60,
      maxTtlSeconds: 600,
    };
    await databases().createRole("readback", role);
    expect(await databases().readRole("readback")).toEqual({ name: "readback", ...role });
    const connection = await databases().readConnection("readback");
    expectClean(connection, canary);
    expect(connection).toEqual({
      name: "readback",
      pluginName: "postgresql-database-plugin",
      allowedRoles: ["*"],
      passwordPolicy: undefined,
      username,
      connectionUrl: `postgresql://{{username}}:{{password}}@${host}:${port}/${database}?sslmode=disable`,
      verify: true,
    });
    expect(await databases().listRoles()).toContain("readback");
    expect(await databases().listConnections()).toContain("readback");
    await databases().resetConnection("readback");
    await databases().deleteRole("readback");
    await databases().deleteConnection("readback");
    const gone = await failureOf(databases().readRole("readback"), canary);
    expect(gone.code).toBe("NotFound");
  });

  test("mounting is done once, and an engine without roles lists none", async () => {
    const engine = open().as("databases").at(`${mount}-new`);
    onTestFinished(async () => void (await vault.request("DELETE", `sys/mounts/${mount}-new`)));
    expect(await engine.enable()).toEqual({ created: true });
    expect(await engine.enable()).toEqual({ created: false });
    expect(await engine.listRoles()).toEqual([]);
    expect(await engine.listConnections()).toEqual([]);
    const nowhere = open().as("databases").at(`${mount}-nowhere`);
    expect((await failureOf(nowhere.listRoles(), canary)).reason).toBe("mount-not-found");
    expect((await failureOf(open().as("databases").at("sys").enable(), canary)).code).not.toBe(
      "Internal",
    );
  });
});

describe("the database engine (row B8)", () => {
  test("after rotate-root the old password is dead, and Vault still makes accounts", async () => {
    const { username } = await connect("rotated", canary.value);
    await databases().createRole("rotated", {
      connection: "rotated",
      creationStatements: createReadonly,
    });
    await sql("SELECT 1", { user: username, password: canary.value });
    await databases().rotateRoot("rotated");
    await expect(sql("SELECT 1", { user: username, password: canary.value })).rejects.toMatchObject(
      { code: "28P01" },
    );
    const dynamic = open().as("dynamic");
    const { id, secret } = await dynamic.issue({ path: `${mount}/creds/rotated` }, { signal });
    await sql("SELECT 1", loginOf(secret));
    await dynamic.revoke(id, { signal });
  });

  test("revocation statements run", async () => {
    await connect("revoking", canary.value);
    await sql("CREATE TABLE IF NOT EXISTS revoked (name text)");
    await databases().createRole("revoking", {
      connection: "revoking",
      creationStatements: createReadonly,
      revocationStatements: [
        `INSERT INTO revoked VALUES ('{{name}}')`,
        `DROP OWNED BY "{{name}}"`,
        `DROP ROLE "{{name}}"`,
      ],
    });
    const dynamic = open().as("dynamic");
    const { id, secret } = await dynamic.issue({ path: `${mount}/creds/revoking` }, { signal });
    await dynamic.revoke(id, { signal });
    expect(await sql("SELECT name FROM revoked")).toEqual([{ name: loginOf(secret).user }]);
    expect(await rolesNamed(loginOf(secret).user)).toBe(0);
  });

  test("a static role: Vault owns the password, and changes it when asked", async () => {
    await connect("static", canary.value);
    const user = `static_${mount.slice(-6)}`;
    await sql(`CREATE ROLE ${user} LOGIN`);
    onTestFinished(async () => {
      await databases().deleteStaticRole("app");
      await sql(`DROP ROLE ${user}`);
    });
    await databases().createStaticRole("app", {
      connection: "static",
      username: user,
      rotationPeriodSeconds: 3_600,
    });
    expect(await databases().readStaticRole("app")).toMatchObject({
      connection: "static",
      username: user,
      rotationPeriodSeconds: 3_600,
    });
    expect(await databases().listStaticRoles()).toEqual(["app"]);
    const dynamic = open().as("dynamic");
    const read = () => dynamic.issue({ path: `${mount}/static-creds/app` }, { signal });
    const before = await read();
    expect(before).toMatchObject({ id: "", renewable: false });
    expect(before.durationSeconds).toBeGreaterThan(3_500);
    expect((await read()).secret.equals(before.secret)).toBe(true);
    await sql("SELECT 1", loginOf(before.secret));
    await databases().rotateStaticRole("app");
    const after = await read();
    await sql("SELECT 1", loginOf(after.secret));
    await expect(sql("SELECT 1", loginOf(before.secret))).rejects.toMatchObject({ code: "28P01" });
  });
});

describe("failures", () => {
  test("are told apart, in words of our own", async () => {
    await connect("failing", canary.value);
    const role = { connection: "failing", creationStatements: createReadonly };
    await databases().createRole("broken", {
      ...role,
      creationStatements: [`${createReadonly[0]} SELECT '${canary.value}' FROM nowhere`],
    });
    await databases().createRole("lost", { ...role, connection: "nowhere" });
    const issue = (name: string) =>
      failureOf(
        open()
          .as("dynamic")
          .issue({ path: `${mount}/creds/${name}` }, { signal }),
        canary,
      );
    expect(await issue("broken")).toMatchObject({ code: "Config", reason: "statement-failed" });
    expect(await issue("lost")).toMatchObject({ code: "NotFound", reason: "connection-not-found" });
    expect(await issue("nobody")).toMatchObject({ code: "NotFound", reason: "role-not-found" });
    const wrong = databases().configureConnection("wrong", {
      type: "postgresql",
      host,
      port,
      database,
      username: "nobody",
      password: canary.value,
      sslMode: "disable",
      allowedRoles: ["*"],
    });
    expect(await failureOf(wrong, canary)).toMatchObject({ reason: "database-login-failed" });
    const nowhere = open(await createToken(vault, { "other/*": ["read"] })).as("dynamic");
    const denied = nowhere.issue({ path: `${mount}/creds/broken` }, { signal });
    expect(await failureOf(denied, canary)).toMatchObject({ code: "PermissionDenied" });
  });

  test("a PostgreSQL that is down is Unavailable, while issuing, renewing and revoking", async () => {
    const own = await startPostgres();
    onTestFinished(() => own.stop());
    await databases().configureConnection("down", {
      type: "postgresql",
      host: own.host,
      port: own.port,
      database: "postgres",
      username: own.superuser,
      password: own.password,
      sslMode: "disable",
      allowedRoles: ["down"],
    });
    await databases().createRole("down", {
      connection: "down",
      creationStatements: createReadonly,
    });
    const dynamic = open().as("dynamic");
    const path = `${mount}/creds/down`;
    const { id } = await dynamic.issue({ path }, { signal });
    await own.kill();
    // All of them are waited for from the start: one that fails early must not go unheard.
    const failures = await Promise.all([
      failureOf(dynamic.issue({ path }, { signal }), canary),
      failureOf(dynamic.renew(id, { signal }), canary),
      failureOf(dynamic.revoke(id, { signal }), canary),
    ]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: "Unavailable", retryable: true });
    }
    await open().as("leases").forgetPrefix(path, { signal });
    await open().as("leases").tidy({ signal });
    expect((await failureOf(dynamic.lookup(id, { signal }), canary)).code).toBe("LeaseExpired");
  });
});

describe("the lease manager", () => {
  test("keeps credentials valid past their maximum life, and leaves no account", async () => {
    await connect("managed", canary.value);
    await databases().createRole("managed", {
      connection: "managed",
      creationStatements: createReadonly,
      defaultTtlSeconds: 4,
      maxTtlSeconds: 6,
    });
    const events: LeaseEvent[] = [];
    const rotated = new Promise<void>((resolve) => {
      events.push = (...added) => {
        if (added.some(({ type, generation }) => type === "revoked" && generation === 1)) resolve();
        return Array.prototype.push.apply(events, added);
      };
    });
    const leases = createLeaseManager({
      dynamic: open().as("dynamic"),
      overlapMs: 1_000,
      onEvent: (event) => events.push(event),
    });
    const handle = await leases.acquire({ path: `${mount}/creds/managed` });
    const users = new Set<string>();
    const using = setInterval(() => users.add(loginOf(handle.current().secret).user), 50);
    await rotated;
    clearInterval(using);
    await sql("SELECT 1", loginOf(handle.current().secret));
    users.add(loginOf(handle.current().secret).user);
    await leases.close();
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["issued", "renewed", "rotated", "revoked"]),
    );
    expect(events.map(({ type }) => type)).not.toContain("lost");
    expect(users.size).toBeGreaterThanOrEqual(2);
    for (const user of users) expect(await rolesNamed(user), user).toBe(0);
  });

  test("needs no more rights than the README says", async () => {
    await connect("least", canary.value);
    await databases().createRole("least", {
      connection: "least",
      creationStatements: createReadonly,
      defaultTtlSeconds: 2,
    });
    const path = `${mount}/creds/least`;
    const token = await createToken(vault, {
      [path]: ["read"],
      "sys/leases/renew": ["update"],
      "sys/leases/revoke": ["update"],
    });
    const events: string[] = [];
    let renewed: () => void = () => undefined;
    const once = new Promise<void>((resolve) => (renewed = resolve));
    const leases = createLeaseManager({
      dynamic: open(token).as("dynamic"),
      onEvent: ({ type }) => {
        events.push(type);
        if (type === "renewed") renewed();
      },
    });
    const handle = await leases.acquire({ path });
    const { user } = loginOf(handle.current().secret);
    await once;
    await leases.close();
    expect(events).toEqual(["issued", "renewed", "revoked"]);
    expect(await rolesNamed(user)).toBe(0);
  });

  test("follows the password of a static role", async () => {
    await connect("followed", canary.value);
    const user = `followed_${mount.slice(-6)}`;
    await sql(`CREATE ROLE ${user} LOGIN`);
    onTestFinished(async () => {
      await databases().deleteStaticRole("followed");
      await sql(`DROP ROLE ${user}`);
    });
    await databases().createStaticRole("followed", {
      connection: "followed",
      username: user,
      rotationPeriodSeconds: 5,
    });
    const leases = createLeaseManager({ dynamic: open().as("dynamic") });
    onTestFinished(() => leases.close());
    const handle = await leases.acquire({ path: `${mount}/static-creds/followed` });
    const second = await new Promise<{ readonly generation: number }>((resolve) => {
      handle.onRotate(({ current }) => resolve(current));
    });
    expect(second.generation).toBe(2);
    await sql("SELECT 1", loginOf(handle.current().secret));
  });
});
