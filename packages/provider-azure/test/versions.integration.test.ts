import { FakeClock } from "@kinko/testing";
import { describe, expect, it } from "vitest";
import { testTls } from "./support.js";
import { failureOf, vaultUnderTest } from "./vault.js";

const tls = await testTls();

describe("versions", () => {
  it("of one second are in the order of writing, which Key Vault's list does not tell", async () => {
    const { store } = await vaultUnderTest(tls, { server: { clock: new FakeClock() } });
    const written: (string | undefined)[] = [];
    for (let n = 0; n < 30; n += 1) written.push((await store.put("a", `value ${n}`)).version);
    expect((await store.versions("a")).map(({ id }) => id)).toEqual(written.toReversed());
  });

  it("begin with the one that Key Vault reads, whoever wrote it", async () => {
    const { native, store } = await vaultUnderTest(tls, { server: { clock: new FakeClock() } });
    for (let n = 0; n < 5; n += 1) {
      await store.put("a", "marked");
      const { properties } = await native.setSecret("a", "unmarked");
      const [current] = await store.versions("a");
      expect(current).toMatchObject({ id: properties.version, current: true });
    }
  });

  it("more than a page are all listed", async () => {
    const { store } = await vaultUnderTest(tls);
    for (let n = 0; n < 60; n += 1) await store.put("a", String(n), { tags: {} });
    const versions = await store.versions("a");
    expect(versions).toHaveLength(60);
    expect((await store.get(`a@${versions.at(-1)?.id}`)).text()).toBe("0");
  });

  it("that are disabled are refused as Disabled, and latestEnabled reads the newest other one", async () => {
    const { native, store } = await vaultUnderTest(tls);
    const ids: string[] = [];
    for (const value of ["1", "2", "3"]) ids.push((await store.put("a", value)).version ?? "");
    const [first = "", second = "", third = ""] = ids;
    for (const id of [second, third]) {
      await native.updateSecretProperties("a", id, { enabled: false });
    }
    expect(await failureOf(store.get("a"))).toMatchObject({ code: "Disabled", reason: "disabled" });
    expect(await failureOf(store.get(`a@${second}`))).toMatchObject({ code: "Disabled" });
    expect((await store.get("a@latestEnabled")).text()).toBe("1");
    expect((await store.versions("a")).map(({ id, state }) => [id, state])).toEqual([
      [third, "disabled"],
      [second, "disabled"],
      [first, "enabled"],
    ]);
    await native.updateSecretProperties("a", first, { enabled: false });
    expect(await failureOf(store.get("a@latestEnabled"))).toMatchObject({ code: "Disabled" });
  });

  it("outside their dates are read, as Key Vault does", async () => {
    const { native, store } = await vaultUnderTest(tls);
    await native.setSecret("expired", "1", { expiresOn: new Date(Date.now() - 86_400_000) });
    await native.setSecret("early", "2", { notBefore: new Date(Date.now() + 86_400_000) });
    expect((await store.get("expired")).text()).toBe("1");
    expect((await store.get("early")).text()).toBe("2");
  });

  it("have ids and no stages", async () => {
    const { store } = await vaultUnderTest(tls);
    await store.put("a", "1");
    expect(await failureOf(store.get("a@stage:AWSCURRENT"))).toMatchObject({
      code: "Unsupported",
      reason: "no-stages",
    });
  });

  it("cannot be deleted or recovered one by one", async () => {
    const { store } = await vaultUnderTest(tls);
    const { version } = await store.put("a", "1");
    const undelete = store.undelete({ path: "a", version });
    expect(await failureOf(undelete)).toMatchObject({
      code: "Unsupported",
      reason: "no-version-deletion",
    });
    expect(await failureOf(store.delete({ path: "a", version }))).toMatchObject({
      code: "Unsupported",
    });
  });
});

describe("store.as('keyVault')", () => {
  const options = { signal: new AbortController().signal };

  it("shows and changes what Key Vault keeps beside the value", async () => {
    const { store } = await vaultUnderTest(tls);
    const { version = "" } = await store.put("app/db", "1");
    await store.put("app/db", "2");
    const keyVault = store.as("keyVault");
    const ref = { path: ["app", "db"], version: { kind: "id", id: version } } as const;
    const expiresAt = new Date("2030-01-01T00:00:00Z");
    const notBefore = new Date("2025-01-01T00:00:00Z");
    await keyVault.setProperties(ref, { enabled: false, expiresAt, notBefore }, options);
    expect(await keyVault.properties(ref, options)).toMatchObject({
      version,
      enabled: false,
      expiresAt,
      notBefore,
      contentType: "text/plain",
      managed: false,
      recoveryLevel: "Recoverable+Purgeable",
    });
    expect((await keyVault.properties({ path: ref.path }, options)).enabled).toBe(true);
    expect(await failureOf(store.get(`app/db@${version}`))).toMatchObject({ code: "Disabled" });
  });

  it("backs up and restores all versions, but not over a secret that is there", async () => {
    const { store } = await vaultUnderTest(tls);
    await store.put("app/db", "1");
    await store.put("app/db", "2");
    const keyVault = store.as("keyVault");
    const backup = await keyVault.backup(["app", "db"], options);
    expect(backup.includes("value")).toBe(false);
    expect(await failureOf(keyVault.restore(backup, options))).toMatchObject({
      code: "AlreadyExists",
    });
    await store.delete("app/db");
    expect(await failureOf(keyVault.restore(backup, options))).toMatchObject({
      code: "Deleted",
      reason: "name-taken-by-deleted",
    });
    await store.delete("app/db", { mode: "purge" });
    await keyVault.restore(backup, options);
    expect((await store.get("app/db")).text()).toBe("2");
    expect(await store.versions("app/db")).toHaveLength(2);
  });

  it("fails with SecretErrors", async () => {
    const { store } = await vaultUnderTest(tls);
    const keyVault = store.as("keyVault");
    const ref = { path: ["missing"] };
    expect(await failureOf(keyVault.properties(ref, options))).toMatchObject({ code: "NotFound" });
    expect(await failureOf(keyVault.backup(["missing"], options))).toMatchObject({
      code: "NotFound",
    });
    expect(await failureOf(keyVault.restore(Buffer.from("x"), options))).toMatchObject({
      code: "InvalidValue",
    });
    await store.put("missing", "now there");
    const tooLate = { expiresAt: new Date("2040-01-01") };
    expect(await failureOf(keyVault.setProperties(ref, tooLate, options))).toMatchObject({
      code: "InvalidValue",
      reason: "invalid-date",
    });
  });
});
