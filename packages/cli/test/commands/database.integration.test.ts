import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canaryOf, expectClean } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CliResult } from "../support/cli.js";
import { parse, useDatabaseCommands, type Credentials } from "./use-database-commands.js";

const use = useDatabaseCommands();
const { vault, canary, host, port, database, unique, mount, login, role, creation } = use;
const { place, onMount, directory, sql, accounts, kinko, db, connect, makeRole, credentials } = use;

describe("kinko vault db config", () => {
  test("takes the password from stdin or a file, and never shows it", async () => {
    expect(parse((await db("enable --json")).stdout)).toEqual({ mount, created: false });
    expect(await connect("shop")).toMatchObject({ code: 0, stdout: "" });
    await writeFile(join(directory(), "password"), canary.value);
    const connectionUrl = `postgresql://{{username}}:{{password}}@${host}:${port}/${database}?sslmode=disable`;
    await writeFile(join(directory(), "url"), `${connectionUrl}\n`);
    const plugin =
      "config write other --plugin postgresql-database-plugin --password-file password " +
      `--username ${login} --allowed-role a --option`;
    for (const given of [connectionUrl, "@url"]) {
      expect(await db(`${plugin} connection_url=${given}`)).toMatchObject({ code: 0 });
      const shown = parse((await db("config show other --json")).stdout);
      expect(shown).toMatchObject({ connectionUrl });
    }
    expect(parse((await db("config show shop --json")).stdout)).toMatchObject({
      pluginName: "postgresql-database-plugin",
      username: login,
    });
    expect((await db("config list")).stdout).toBe("other\nshop\n");
    expect(await db("config reset shop")).toMatchObject({ code: 0 });
    expect(await db("config delete other")).toMatchObject({ code: 29 });
    expect(await db("config delete other --yes")).toMatchObject({ code: 0 });
    expect(await db("config show other")).toMatchObject({ code: 3, stdout: "" });
  });

  test.each<[string, string, string | undefined, string]>([
    ["a password as an argument", `shop ${canary.value}`, undefined, "too-many-arguments"],
    ["no password", `shop ${place} --username a --allowed-role a`, "", "empty-value"],
    ["no host", "shop --username a --database b --allowed-role a", "p", "missing-option"],
    ["no role", `shop ${place} --username a`, "p", "no-allowed-roles"],
    ["a foreign option", `shop ${place} --username a --option a=b`, "p", "conflicting-options"],
    ["an option of PostgreSQL", "shop --plugin p --host a", "p", "conflicting-options"],
    ["no pair", "shop --plugin p --option a --allowed-role a", "p", "invalid-option-value"],
    [
      "a wrong password",
      `shop ${place} --username ${login} --allowed-role a`,
      "no",
      "database-login-failed",
    ],
  ])("refuses %s", async (_what, line, stdin, reason) => {
    const refused = await db(`config write ${line}`, stdin === undefined ? {} : { stdin });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(`(${reason})`);
  });

  test("--dry-run checks what is given, and writes nothing", async () => {
    const line = `config write dry ${place} --username a --dry-run`;
    expect((await db(line, { stdin: "p" })).stderr).toContain("(no-allowed-roles)");
    expect(await db(`${line} --allowed-role a`, { stdin: "p" })).toMatchObject({ code: 0 });
    expect(await db("config show dry")).toMatchObject({ code: 3 });
  });
});

test("kinko vault db rotate-root asks, and leaves a password that only Vault knows", async () => {
  const own = `root_${unique}`;
  await sql(`CREATE ROLE "${own}" LOGIN SUPERUSER PASSWORD '${canary.value}'`);
  onTestFinished(async () => void (await sql(`DROP ROLE "${own}"`)));
  const written = await db(`config write rooted ${place} --username ${own} --allowed-role a`, {
    stdin: canary.value,
  });
  expect(written).toMatchObject({ code: 0 });
  expect(await db("rotate-root nowhere --yes")).toMatchObject({ code: 3 });
  expect(await db("rotate-root rooted")).toMatchObject({ code: 29 });
  expect((await db("rotate-root rooted --dry-run")).stderr).toContain(own);
  await sql("SELECT 1", { user: own, password: canary.value });
  expect(await db("rotate-root rooted --yes")).toMatchObject({ code: 0 });
  await expect(sql("SELECT 1", { user: own, password: canary.value })).rejects.toMatchObject({
    code: "28P01",
  });
});

describe("kinko vault db role", () => {
  test("is written with SQL of a file, shown, listed and removed", async () => {
    await makeRole();
    expect(parse((await db(`role show ${role} --json`)).stdout)).toMatchObject({
      connection: "shop",
      creationStatements: [`${creation};`],
      defaultTtlSeconds: 3_600,
      maxTtlSeconds: 7_200,
    });
    expect((await db("role list")).stdout).toBe(`${role}\n`);
    const again = `role write ${role} --connection shop --creation @create.sql`;
    expect(await db(again)).toMatchObject({ code: 0 });
    const replaced = parse((await db(`role show ${role} --json`)).stdout);
    expect(replaced["defaultTtlSeconds"] ?? null).toBeNull();
    expect(await db(`role delete ${role} --yes`)).toMatchObject({ code: 0 });
    expect(await db(`role show ${role}`)).toMatchObject({ code: 3 });
  });

  const write = (text: string, ...more: readonly string[]): Promise<CliResult> => {
    const words = "vault db role write bad --connection shop --creation".split(" ");
    return kinko([...words, text, ...more, ...onMount]);
  };

  test.each<[string, string]>([
    [
      `CREATE ROLE {{name}} PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
      "name-not-quoted",
    ],
    [`CREATE ROLE "{{name}}" PASSWORD {{password}}`, "password-not-quoted"],
    [`CREATE ROLE "{{name}}" LOGIN`, "no-password"],
    [`CREATE ROLE "a" PASSWORD '{{password}}'`, "no-name"],
    [`CREATE ROLE "{{name}}" PASSWORD '{{password}}'`, "no-expiration"],
    [`CREATE ROLE "{{name}}" PASSWORD '{{passwort}}'`, "unknown-marker"],
  ])("refuses %s", async (text, reason) => {
    for (const more of [[], ["--dry-run"]]) {
      const refused = await write(text, ...more);
      expect(refused.code).toBe(20);
      expect(refused.stderr).toContain(`(${reason})`);
    }
    expect((await db("role show bad")).code).toBe(3);
  });

  test.each<[readonly string[], string]>([
    [["--ttl", "soon"], "invalid-option-value"],
    [["--ttl", "-1h"], "missing-option-value"],
    [["--ttl=-1h"], "invalid-option-value"],
    [["--ttl", "1.5h"], "invalid-option-value"],
    [["--ttl", "0"], "bad-ttl"],
    [["--ttl", "99999d"], "bad-ttl"],
    [["--ttl", "2h", "--max-ttl", "1h"], "default-above-maximum"],
  ])("refuses %j", async (more, reason) => {
    expect((await write(creation, ...more)).stderr).toContain(`(${reason})`);
  });

  test("names what is missing", async () => {
    expect((await db("role write x --connection a")).stderr).toContain("(missing-option)");
    expect((await db("role write")).stderr).toContain("(missing-argument)");
    const noFile = await db("role write x --connection a --creation @nowhere.sql");
    expect(noFile).toMatchObject({ code: 28 });
  });
});

test("kinko vault db static-role: Vault owns the password of an account", async () => {
  expect(await connect("shop")).toMatchObject({ code: 0 });
  const user = `static_${unique}`;
  await sql(`CREATE ROLE "${user}" LOGIN`);
  onTestFinished(async () => void (await sql(`DROP ROLE "${user}"`)));
  const line = `static-role write reports --connection shop --username ${user}`;
  expect((await db(`${line} --period 1s`)).stderr).toContain("(bad-ttl)");
  expect(await db(`${line} --period 1h`)).toMatchObject({ code: 29 });
  expect(await db(`${line} --period 1h --yes`)).toMatchObject({ code: 0 });
  const masked = await db("creds reports --static --json");
  expect(parse(masked.stdout)).toMatchObject({ username: user });
  const read = async (): Promise<Credentials> =>
    parse((await db("creds reports --static --reveal --json")).stdout) as never;
  const before = await read();
  expect(masked.stdout + masked.stderr).not.toContain(before.password);
  await sql("SELECT 1", { user, password: before.password });
  expect(await db("static-role rotate reports --yes")).toMatchObject({ code: 0 });
  await sql("SELECT 1", { user, password: (await read()).password });
  await expect(sql("SELECT 1", { user, password: before.password })).rejects.toMatchObject({
    code: "28P01",
  });
  expect((await db("static-role list")).stdout).toBe("reports\n");
  expect(await db("static-role delete reports --yes")).toMatchObject({ code: 0 });
});

describe("kinko vault db creds", () => {
  test("hands a login out that works until its lease is revoked", async () => {
    await makeRole();
    const { username, password, leaseId } = await credentials();
    await sql("SELECT 1", { user: username, password });
    const looked = await kinko(["lease", "lookup", leaseId, "--json"]);
    expect(parse(looked.stdout)).toMatchObject({ id: leaseId, renewable: true });
    expect(await kinko(["lease", "revoke", leaseId])).toMatchObject({ code: 29 });
    expect(await kinko(["lease", "revoke", leaseId, "--yes"])).toMatchObject({ code: 0 });
    expect(await accounts()).toBe(0);
  });

  test("without --reveal or --out proves the role, and leaves no login behind", async () => {
    await makeRole();
    const shown = await db(`creds ${role} --json`);
    expect(shown.code).toBe(0);
    expect(Object.keys(parse(shown.stdout))).not.toContain("password");
    expect(await accounts()).toBe(0);
    expect(await db(`creds ${role} --dry-run`)).toMatchObject({ code: 0, stdout: "" });
  });

  test("--out leaves a file for its owner alone; where that fails the login is dropped", async () => {
    await makeRole();
    const made = await db(`creds ${role} --out login.json --json`);
    const file = join(directory(), "login.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { username: user, password } = parse(await readFile(file, "utf8")) as never;
    expectClean(made.stdout + made.stderr, canaryOf(password));
    await sql("SELECT 1", { user, password });
    const { leaseId } = parse(made.stdout);
    await kinko(["lease", "revoke", String(leaseId), "--yes"]);
    expect(await db(`creds ${role} --out nowhere/login.json`)).toMatchObject({ code: 28 });
    expect(await db(`creds ${role} --reveal`, { brokenPipe: true })).toMatchObject({ code: 141 });
    expect(await accounts()).toBe(0);
  });

  test("by a login of its own outlive the command, and it says when that token ends", async () => {
    await makeRole();
    const auth = `approle-${unique}`;
    await vault.request("POST", `sys/auth/${auth}`, { type: "approle" });
    onTestFinished(async () => void (await vault.request("DELETE", `sys/auth/${auth}`)));
    const policy = `path "${mount}/creds/*" { capabilities = ["read"] }`;
    await vault.request("PUT", `sys/policies/acl/${auth}`, { policy });
    onTestFinished(async () => void (await vault.request("DELETE", `sys/policies/acl/${auth}`)));
    const path = `auth/${auth}/role/cli`;
    await vault.request("POST", path, { token_policies: [auth], token_ttl: "5m" });
    const field = async (name: string, method: "GET" | "POST"): Promise<string> => {
      const { body } = await vault.request(method, `${path}/${name.replace("_", "-")}`, {});
      return String((body as { data: Record<string, string> }).data[name]);
    };
    const [roleId, secretId] = [await field("role_id", "GET"), await field("secret_id", "POST")];
    const config = { method: "approle", mount: auth, roleId, secretId };
    const text = JSON.stringify({ provider: "vault", providers: { vault: { auth: config } } });
    await rm(join(directory(), "kinko.config.yaml"));
    await writeFile(join(directory(), "kinko.config.json"), text, { mode: 0o600 });
    const made = await db(`creds ${role} --reveal --json`, { env: { VAULT_TOKEN: "" } });
    expect(made.code).toBe(0);
    expect(made.stderr).toContain("ends with kinko's own token");
    const { username, password, leaseId } = parse(made.stdout) as unknown as Credentials;
    await sql("SELECT 1", { user: username, password });
    await vault.request("POST", "sys/leases/revoke", { lease_id: leaseId, sync: true });
    expect(await accounts()).toBe(0);
  });

  test("says what is wrong", async () => {
    expect(await db("creds nobody --reveal")).toMatchObject({ code: 3, stdout: "" });
    expect(await db("creds ../x --reveal")).toMatchObject({ code: 19, stdout: "" });
  });
});
