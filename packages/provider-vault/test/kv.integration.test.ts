import type { SecretStore } from "@kinko/core";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { VaultOptions } from "../src/options.js";
import { failureOf } from "./failures.js";
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

async function dataOf(path: string): Promise<unknown> {
  const { body } = await vault.request("GET", `${mount}/data/${path}`);
  return (body["data"] as Readonly<Record<string, unknown>>)["data"];
}

describe("other tools", () => {
  test("see plain maps", async () => {
    const store = open();
    await store.put("text", "s3cret");
    await store.put("object", { user: "app", port: 5432 });
    await store.put("binary", Buffer.of(0, 255));
    expect(await dataOf("text")).toEqual({ value: "s3cret" });
    expect(await dataOf("object")).toEqual({ user: "app", port: 5432 });
    expect(await dataOf("binary")).toEqual({ kinko_kind: "binary", value: "AP8=" });
  });

  test("write maps that are read as what they are", async () => {
    const store = open();
    await vault.request("POST", `${mount}/data/single`, { data: { value: "x" } });
    await vault.request("POST", `${mount}/data/fields`, { data: { user: "u", password: "p" } });
    await vault.request("POST", `${mount}/data/none`, { data: null });
    expect((await store.get("single")).kind).toBe("text");
    expect((await store.get("fields#password")).text()).toBe("p");
    expect((await store.get("none")).json()).toEqual({});
  });
});

describe("numbers", () => {
  const numbers = [
    0,
    -0.1,
    1e21,
    5e-324,
    1.7976931348623157e308,
    123456789012345.67,
    Number.MAX_SAFE_INTEGER,
  ];

  test.each([
    ["KV version 2", {}],
    ["KV version 1", { mount: version1, kvVersion: 1 as const }],
  ])("that Go writes in another way come back the same: %s", async (_title, options) => {
    const store = open(options);
    const exact = numbers.filter(
      (number) => !Number.isInteger(number) || Number.isSafeInteger(number),
    );
    await store.put("numbers", { numbers: exact });
    expect((await store.get("numbers")).json()).toEqual({ numbers: exact });
  });

  test("that JavaScript cannot hold are refused, not rounded", async () => {
    const { fetch: send } = globalThis;
    await send(`${vault.address}/v1/${mount}/data/huge`, {
      method: "POST",
      headers: { "X-Vault-Token": vault.token },
      body: '{"data": {"id": 12345678901234567890}}',
    });
    expect((await failureOf(open().get("huge"), canary)).code).toBe("InvalidValue");
  });
});

describe("tags", () => {
  test("with everything that Vault takes come back as they were", async () => {
    const tags: Record<string, string> = {
      "a b": "c d",
      "ü.key/x": "世界 😀 \"'<>&{{}}",
      owner: "team-a",
    };
    for (let n = 0; n < 61; n += 1) tags[`tag${n}`] = "x".repeat(512);
    tags["k".repeat(128)] = "v";
    delete tags["tag0"];
    const store = open();
    await store.put("tagged", "v", { tags });
    expect((await store.get("tagged")).metadata?.tags).toEqual(tags);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["too many", Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`t${n}`, "x"]))],
    ["a long name", { ["k".repeat(129)]: "x" }],
    ["a long text", { k: "x".repeat(513) }],
    ["a long text in bytes", { k: "ü".repeat(257) }],
    ["an empty name", { "": "x" }],
    ["a line break", { k: "a\nb" }],
    ["an invisible character", { k: "a\u200db" }],
  ])("with %s are refused, and nothing is written", async (title, tags) => {
    const path = `untagged-${title.replaceAll(" ", "-")}`;
    const store = open();
    const error = await failureOf(store.put(path, canary.value, { tags }), canary);
    expect(error).toMatchObject({ code: "InvalidValue", reason: "invalid-tag" });
    expect(await store.tryGet(path)).toBeUndefined();
  });

  test("that the policy does not allow leave the value written, and say so", async () => {
    const token = await createToken(vault, {
      [`${mount}/data/*`]: ["create", "update", "read"],
    });
    const store = open({ auth: { method: "token", token } });
    const error = await failureOf(store.put("half", canary.value, { tags: { a: "b" } }), canary);
    expect(error).toMatchObject({ code: "PermissionDenied", reason: "tags-not-written" });
    expect(error.message).toContain("written as version 1");
    expect((await store.get("half")).text()).toBe(canary.value);
  });
});

describe("least policies", () => {
  /** Opens a store whose token may do just this. */
  async function openWith(
    rules: Readonly<Record<string, readonly string[]>>,
  ): Promise<SecretStore> {
    const token = await createToken(vault, rules);
    return open({ auth: { method: "token", token } });
  }

  test("reading needs read on data", async () => {
    await open().put("least/get", canary.value);
    const store = await openWith({ [`${mount}/data/least/*`]: ["read"] });
    expect((await store.get("least/get")).text()).toBe(canary.value);
    expect(await store.tryGet("least/missing")).toBeUndefined();
    expect(await failureOf(store.get("least/get@7"), canary)).toMatchObject({
      code: "VersionNotFound",
    });
  });

  test("writing needs create and update on data", async () => {
    const store = await openWith({ [`${mount}/data/least/*`]: ["create", "update"] });
    await store.put("least/put", canary.value, { ifVersion: "absent" });
    await store.put("least/put", canary.value, { ifVersion: "1" });
    expect(
      (await failureOf(store.put("least/put", "x", { ifVersion: "absent" }), canary)).code,
    ).toBe("AlreadyExists");
  });

  test("deleting softly needs delete on data, and read on metadata to know what is missing", async () => {
    await open().put("least/delete", canary.value);
    const store = await openWith({
      [`${mount}/data/least/*`]: ["delete"],
      [`${mount}/metadata/least/*`]: ["read"],
    });
    await store.delete("least/delete");
    expect((await failureOf(store.delete("least/delete"), canary)).code).toBe("Deleted");
    expect((await failureOf(store.delete("least/missing"), canary)).code).toBe("NotFound");
  });

  test("deleting softly works without read on metadata, and does not know what is missing", async () => {
    await open().put("least/blind", canary.value);
    const store = await openWith({ [`${mount}/data/least/*`]: ["delete"] });
    await store.delete("least/blind");
    await store.delete("least/missing");
    expect((await failureOf(open().get("least/blind"), canary)).code).toBe("Deleted");
  });

  test("one version is deleted, undeleted and destroyed with update on those paths", async () => {
    await open().put("least/one", "1");
    await open().put("least/one", "2");
    const store = await openWith({
      [`${mount}/delete/least/*`]: ["update"],
      [`${mount}/undelete/least/*`]: ["update"],
      [`${mount}/destroy/least/*`]: ["update"],
    });
    await store.delete("least/one@1");
    expect((await failureOf(open().get("least/one@1"), canary)).code).toBe("Deleted");
    await store.undelete("least/one@1");
    expect((await open().get("least/one@1")).text()).toBe("1");
    await store.delete("least/one@1", { mode: "purge" });
    expect((await failureOf(open().get("least/one@1"), canary)).code).toBe("Destroyed");
    expect((await failureOf(store.undelete("least/one"), canary)).code).toBe("PermissionDenied");
  });

  test("purging needs delete on metadata, listing needs list on metadata", async () => {
    await open().put("least/purge", canary.value);
    const store = await openWith({
      [`${mount}/metadata/least/*`]: ["delete", "read", "list"],
      [`${mount}/metadata/least/`]: ["list"],
    });
    const names: string[] = [];
    for await (const { path } of store.list({ prefix: "least" })) names.push(path.join("/"));
    expect(names).toContain("least/purge");
    await store.delete("least/purge", { mode: "purge" });
    expect((await failureOf(open().get("least/purge"), canary)).code).toBe("NotFound");
  });
});

describe("least policies on KV version 1", () => {
  const options = { mount: version1, kvVersion: 1 } as const;

  test("reading, writing, purging and listing need their right on the secret's own path", async () => {
    await open(options).put("least/all", canary.value);
    const rules = {
      [`${version1}/least/*`]: ["create", "read", "update", "delete"],
      [`${version1}/least/`]: ["list"],
    };
    const token = await createToken(vault, rules);
    const store = open({ ...options, auth: { method: "token", token } });
    await store.put("least/other", canary.value);
    expect((await store.get("least/all")).text()).toBe(canary.value);
    await store.delete("least/all", { mode: "purge" });
    const names: string[] = [];
    for await (const { path } of store.list({ prefix: "least" })) names.push(path.join("/"));
    expect(names).toEqual(["least/other"]);
    const missing = store.delete("least/all", { mode: "purge" });
    expect((await failureOf(missing, canary)).code).toBe("NotFound");
  });

  test("purging works without list, and does not know what is missing", async () => {
    await open(options).put("least/blind", canary.value);
    const token = await createToken(vault, { [`${version1}/least/*`]: ["delete"] });
    const store = open({ ...options, auth: { method: "token", token } });
    await store.delete("least/blind", { mode: "purge" });
    await store.delete("least/missing", { mode: "purge" });
    expect(await open(options).tryGet("least/blind")).toBeUndefined();
  });
});

describe("validate", () => {
  test.each([
    ["KV version 2", mount, 2 as const, `${mount}/data`, `${mount}/metadata`],
    ["KV version 1", version1, 1 as const, version1, version1],
  ])(
    "says what a token may do, and reads no value: %s",
    async (_title, path, kvVersion, data, metadata) => {
      await open({ mount: path, kvVersion }).put("ask/there", canary.value);
      const token = await createToken(
        vault,
        {
          [`${data}/ask/there`]: ["read", "update"],
          [`${data}/ask/missing`]: ["create"],
          [`${metadata}/ask/`]: ["list"],
          [`${path}/metadata/ask/*`]: ["read"],
          [`${data}/hidden`]: ["deny"],
        },
        { defaultPolicy: true },
      );
      const store = open({ mount: path, kvVersion, auth: { method: "token", token } });
      const operations = ["get", "put", "delete", "list"] as const;
      const report = await store.validate([
        { ref: "ask/there", operations },
        { ref: "ask/missing", operations },
        { ref: "hidden", operations: ["get"] },
        { ref: "ask", operations: ["list"] },
      ]);
      expect(report.ok).toBe(false);
      expect(
        report.items.map(({ ref, operation, status }) => `${ref} ${operation} ${status}`),
      ).toEqual([
        "ask/there get allowed",
        "ask/there put allowed",
        "ask/there delete denied",
        "ask/there list denied",
        "ask/missing get denied",
        "ask/missing put allowed",
        "ask/missing delete denied",
        "ask/missing list denied",
        "hidden get denied",
        "ask list allowed",
      ]);
    },
  );

  test("tells a secret that is missing or deleted", async () => {
    const store = open();
    await store.put("ask/deleted", canary.value);
    await store.delete("ask/deleted");
    const report = await store.validate([{ ref: "ask/deleted" }, { ref: "ask/never" }]);
    expect(report.items.map(({ status }) => status)).toEqual(["missing", "missing"]);
  });
});

describe("sizes", () => {
  test("a value that grows beyond Vault's storage is refused before it is sent", async () => {
    const store = open();
    const text = `${canary.value}${"<".repeat(400_000)}`;
    const error = await failureOf(store.put("grows", text), canary);
    expect(error).toMatchObject({ code: "TooLarge", reason: "encoded-too-large" });
    expect(await store.tryGet("grows")).toBeUndefined();
  });

  test("binary of the declared size fits", async () => {
    const store = open();
    const bytes = Buffer.alloc(store.capabilities.limits.maxValueBytes ?? 0, 0xa5);
    await store.put("largest", bytes);
    expect((await store.get("largest")).bytes().equals(bytes)).toBe(true);
  });
});
