import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createReadonly, loginOf, useDatabase, type Login } from "./use-database.js";

const { vault, mount, host, port, database, open, databases, connect, sql, rolesNamed } =
  useDatabase();
const canary = createCanary();
const { signal } = new AbortController();

describe("writing again what is there already", () => {
  test("replaces a role: what is not given is the default again", async () => {
    await connect("replaced", canary.value);
    const short = { connection: "replaced", creationStatements: createReadonly };
    await databases().createRole("replaced", {
      ...short,
      revocationStatements: [`DROP ROLE IF EXISTS "{{name}}"`],
      renewStatements: [`ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}'`],
      rollbackStatements: [`DROP ROLE IF EXISTS "{{name}}"`],
      defaultTtlSeconds: 60,
      maxTtlSeconds: 600,
    });
    await databases().createRole("replaced", short);
    expect(await databases().readRole("replaced")).toEqual({
      name: "replaced",
      ...short,
      revocationStatements: [],
      renewStatements: [],
      rollbackStatements: [],
      defaultTtlSeconds: undefined,
      maxTtlSeconds: undefined,
    });
    const dynamic = open().as("dynamic");
    const { id, secret } = await dynamic.issue({ path: `${mount}/creds/replaced` }, { signal });
    await sql("SELECT 1", loginOf(secret));
    await dynamic.revoke(id, { signal });
    expect(await rolesNamed(loginOf(secret).user)).toBe(0);
  });

  test("replaces a static role alike, and its password stays", async () => {
    await connect("restated", canary.value);
    const user = `restated_${mount.slice(-6)}`;
    await sql(`CREATE ROLE ${user} LOGIN`);
    onTestFinished(async () => {
      await databases().deleteStaticRole("restated");
      await sql(`DROP ROLE ${user}`);
    });
    const short = { connection: "restated", username: user, rotationPeriodSeconds: 3_600 };
    await databases().createStaticRole("restated", {
      ...short,
      rotationStatements: [`ALTER ROLE "{{name}}" PASSWORD '{{password}}'`],
    });
    const dynamic = open().as("dynamic");
    const read = async (): Promise<Login> =>
      loginOf((await dynamic.issue({ path: `${mount}/static-creds/restated` }, { signal })).secret);
    const before = await read();
    await databases().createStaticRole("restated", { ...short, rotationPeriodSeconds: 7_200 });
    expect(await databases().readStaticRole("restated")).toMatchObject({
      rotationPeriodSeconds: 7_200,
      rotationStatements: [],
    });
    expect(await read()).toEqual(before);
    await databases().rotateStaticRole("restated");
    const after = await read();
    expect(after.password).not.toBe(before.password);
    await sql("SELECT 1", after);
  });

  test("takes away what a connection had, and it still connects", async () => {
    const { username } = await connect("rewritten", canary.value);
    const plain = {
      type: "postgresql",
      host,
      port,
      database,
      username,
      password: canary.value,
      sslMode: "disable",
      allowedRoles: ["*"],
    } as const;
    const policy = `policy-${mount}`;
    await vault.request("POST", `sys/policies/password/${policy}`, {
      policy: `length = 20\nrule "charset" { charset = "abcdefghij" }`,
    });
    onTestFinished(
      async () => void (await vault.request("DELETE", `sys/policies/password/${policy}`)),
    );
    const path = `${mount}/config/rewritten`;
    const details = async (): Promise<Record<string, unknown>> => {
      const { data } = (await vault.request("GET", path)).body as {
        readonly data: Readonly<Record<string, unknown>>;
      };
      const { max_open_connections } = data["connection_details"] as Record<string, unknown>;
      const { password_policy, root_credentials_rotate_statements } = data;
      return { max_open_connections, password_policy, root_credentials_rotate_statements };
    };
    const rotation = [`ALTER ROLE "{{name}}" PASSWORD '{{password}}'`];
    await databases().configureConnection("rewritten", {
      ...plain,
      passwordPolicy: policy,
      rootRotationStatements: rotation,
      maxOpenConnections: 2,
    });
    expect(await details()).toEqual({
      max_open_connections: 2,
      password_policy: policy,
      root_credentials_rotate_statements: rotation,
    });
    await databases().configureConnection("rewritten", plain);
    expect(await details()).toEqual({
      max_open_connections: 0,
      password_policy: "",
      root_credentials_rotate_statements: [],
    });
    expect((await databases().readConnection("rewritten")).passwordPolicy).toBeUndefined();
  });
});
