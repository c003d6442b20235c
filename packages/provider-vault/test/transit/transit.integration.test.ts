import { createHash, randomBytes } from "node:crypto";
import { Secret } from "@kinko/core";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { transitKeyTypes } from "../../src/transit/types.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";
import { createToken } from "../vault-setup.js";
import { useTransit } from "./use-transit.js";

const { vault, mount, open, transit, newKey } = useTransit();
const canary = createCanary();
const secret = Buffer.from(canary.value);
const context = Buffer.from("tenant 1");

describe("keys", () => {
  test.each(transitKeyTypes)(
    "of type %s are made, read and used for what they can",
    async (type) => {
      const name = await newKey({ type });
      const key = await transit().readKey(name);
      expect(key).toMatchObject({ name, type, latestVersion: 1, minDecryptionVersion: 1 });
      const cipher = /gcm|poly1305|rsa/u.test(type);
      const signs = /ed25519|ecdsa|rsa/u.test(type);
      expect(key.supports).toMatchObject({
        encryption: cipher,
        decryption: cipher,
        signing: signs,
      });
      const encrypted = transit().encrypt(name, secret);
      if (cipher) {
        const opened = await transit().decrypt(name, await encrypted);
        expect(opened.text()).toBe(canary.value);
      } else {
        const error = await failureOf(encrypted, canary);
        expect(error).toMatchObject({
          code: "Unsupported",
          reason: "key-type-cannot",
          field: "key",
        });
      }
      const signed = transit().sign(name, secret);
      if (signs) {
        expect(await transit().verify(name, secret, await signed)).toBe(true);
        expect(key.versions[0]?.publicKey).toMatch(/\S{40}/u);
      } else {
        expect(await failureOf(signed, canary)).toMatchObject({
          code: "Unsupported",
          field: "key",
        });
      }
      const hmac = await transit().hmac(name, secret);
      expect(await transit().verifyHmac(name, secret, hmac)).toBe(true);
    },
  );

  test("are made once: a second creation does not pass for one", async () => {
    const name = await newKey();
    const error = await failureOf(transit().createKey(name, { type: "ed25519" }), canary);
    expect(error).toMatchObject({ code: "AlreadyExists", reason: "key-exists", field: "key" });
    expect((await transit().readKey(name)).type).toBe("aes256-gcm96");
  });

  test("are listed by name, and an engine without any has none", async () => {
    const name = await newKey();
    expect(await transit().listKeys()).toContain(name);
    const empty = open().as("transit").at(`${mount}-empty`);
    await empty.enable();
    onTestFinished(async () => void (await vault.request("DELETE", `sys/mounts/${mount}-empty`)));
    expect(await empty.listKeys()).toEqual([]);
  });

  test("live: rotate, encrypt by version, forbid, trim, and tell each from the other", async () => {
    const name = await newKey();
    const first = await transit().encrypt(name, secret);
    expect((await transit().rotateKey(name)).latestVersion).toBe(2);
    const second = await transit().encrypt(name, secret);
    const old = await transit().encrypt(name, secret, { keyVersion: "1" });
    expect([first, second, old].map((text) => text.slice(0, 9))).toEqual([
      "vault:v1:",
      "vault:v2:",
      "vault:v1:",
    ]);
    expect(
      await failureOf(transit().encrypt(name, secret, { keyVersion: "9" }), canary),
    ).toMatchObject({ code: "VersionNotFound", field: "keyVersion" });
    const rewrapped = await transit().rewrap(name, first);
    expect(rewrapped).toMatch(/^vault:v2:/u);
    expect((await transit().decrypt(name, rewrapped)).text()).toBe(canary.value);

    await transit().configureKey(name, { minDecryptionVersion: 2 });
    for (const call of [
      () => transit().decrypt(name, first),
      () => transit().rewrap(name, first),
    ]) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "Disabled",
        reason: "key-version-too-old",
        field: "ciphertext",
      });
    }
    await transit().configureKey(name, { minDecryptionVersion: 1 });
    expect((await transit().decrypt(name, first)).text()).toBe(canary.value);

    expect(await failureOf(transit().trimKey(name, 2), canary)).toMatchObject({
      code: "InvalidValue",
      reason: "key-version-order",
    });
    await transit().configureKey(name, { minDecryptionVersion: 2, minEncryptionVersion: 2 });
    const trimmed = await transit().trimKey(name, 2);
    expect(trimmed.minAvailableVersion).toBe(2);
    expect(trimmed.versions.map(({ version }) => version)).toEqual([2]);
    expect(await failureOf(transit().decrypt(name, first), canary)).toMatchObject({
      code: "Destroyed",
      reason: "key-version-trimmed",
      field: "ciphertext",
    });
  });

  test("rotate by themselves only as often as Vault does it", async () => {
    const name = await newKey({ autoRotatePeriodSeconds: 7_200 });
    expect((await transit().readKey(name)).autoRotatePeriodSeconds).toBe(7_200);
    const call = transit().configureKey(name, { autoRotatePeriodSeconds: 60 });
    expect(await failureOf(call, canary)).toMatchObject({ field: "autoRotatePeriodSeconds" });
  });

  test("are deleted only after that was allowed", async () => {
    const name = await newKey();
    expect(await failureOf(transit().deleteKey(name), canary)).toMatchObject({
      code: "Disabled",
      reason: "deletion-not-allowed",
    });
    expect((await transit().configureKey(name, { deletionAllowed: true })).deletionAllowed).toBe(
      true,
    );
    await transit().deleteKey(name);
    expect((await failureOf(transit().readKey(name), canary)).code).toBe("NotFound");
  });

  test("stay in Vault unless they are exportable", async () => {
    const closed = await newKey();
    for (const call of [
      () => transit().exportKey(closed, "encryption-key"),
      () => transit().backupKey(closed),
    ]) {
      expect(await failureOf(call(), canary)).toMatchObject({ code: "Disabled", field: "key" });
    }
    const name = await newKey({ exportable: true, allowPlaintextBackup: true });
    const exported = await transit().exportKey(name, "encryption-key", { version: "latest" });
    expect(exported.get(1)?.byteLength).toBe(32);
    const ciphertext = await transit().encrypt(name, secret);
    const backup = await transit().backupKey(name);
    expect(await failureOf(transit().restoreKey(name, backup), canary)).toMatchObject({
      code: "AlreadyExists",
    });
    await transit().restoreKey("restored", backup);
    expect((await transit().decrypt("restored", ciphertext)).text()).toBe(canary.value);
    const signing = await newKey({ type: "ecdsa-p256" });
    const publicKeys = await transit().exportKey(signing, "public-key");
    expect(publicKeys.get(1)?.text()).toContain("BEGIN PUBLIC KEY");
  });

  test("that nobody made are not found by any call, and not made by one", async () => {
    const name = "nobody-made-this";
    const ciphertext = `vault:v1:${Buffer.alloc(40).toString("base64")}`;
    const calls = [
      () => transit().encrypt(name, secret),
      () => transit().decrypt(name, ciphertext),
      () => transit().rewrap(name, ciphertext),
      () => transit().sign(name, secret),
      () => transit().verify(name, secret, ciphertext),
      () => transit().hmac(name, secret),
      () => transit().dataKey(name),
      () => transit().readKey(name),
      () => transit().rotateKey(name),
      () => transit().configureKey(name, { deletionAllowed: true }),
      () => transit().trimKey(name, 1),
      () => transit().deleteKey(name),
      () => transit().exportKey(name, "encryption-key"),
      () => transit().backupKey(name),
    ];
    for (const call of calls) {
      const error = await failureOf(call(), canary);
      expect(error).toMatchObject({ code: "NotFound", reason: "key-not-found", field: "key" });
      expect(error.ref).toBe(`${mount}/${name}`);
    }
    expect(await transit().listKeys()).not.toContain(name);
  });
});

describe("errors", () => {
  test("name the field that caused them", async () => {
    const [name, other] = [await newKey(), await newKey()];
    const rsa = await newKey({ type: "rsa-2048" });
    const ciphertext = await transit().encrypt(name, secret);
    const cases: [() => Promise<unknown>, string, string, string][] = [
      [() => transit().decrypt(other, ciphertext), "Corrupt", "not-authentic", "ciphertext"],
      [
        () => transit().decrypt(name, ciphertext.slice(0, -8)),
        "Corrupt",
        "not-authentic",
        "ciphertext",
      ],
      [
        () => transit().decrypt(name, ciphertext.replace("v1", "v7")),
        "VersionNotFound",
        "key-version-too-new",
        "ciphertext",
      ],
      [
        () => transit().encrypt(rsa, Buffer.alloc(300)),
        "TooLarge",
        "plaintext-too-large-for-key",
        "plaintext",
      ],
      [
        () => transit().sign(rsa, secret, { prehashed: true }),
        "InvalidValue",
        "wrong-hash-length",
        "input",
      ],
    ];
    for (const [call, code, reason, field] of cases) {
      const error = await failureOf(call(), canary);
      expect(error).toMatchObject({ code, reason, field, provider: "vault" });
    }
  });

  test("of a mount that is not there say so", async () => {
    const elsewhere = open({ mount: `${mount}-none` }).as("transit");
    for (const call of [
      () => elsewhere.encrypt("a", secret),
      () => elsewhere.readKey("a"),
      () => elsewhere.listKeys(),
    ]) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "Config",
        reason: "mount-not-found",
        field: "mount",
      });
    }
  });

  test("of a policy do not look like anything else", async () => {
    const name = await newKey();
    const token = await createToken(vault, { [`${mount}/encrypt/${name}`]: ["update"] });
    const least = open({ token }).as("transit");
    const ciphertext = await least.encrypt(name, secret);
    const error = await failureOf(least.decrypt(name, ciphertext), canary);
    expect(error).toMatchObject({ code: "PermissionDenied", operation: "decrypt" });
    expect((await failureOf(least.encrypt("elsewhere", secret), canary)).code).toBe(
      "PermissionDenied",
    );
  });
});

describe("encryption", () => {
  test("of derived keys is per context, and convergent keys give the same again", async () => {
    const name = await newKey({ derived: true, convergent: true });
    const [first, second] = [
      await transit().encrypt(name, secret, { context }),
      await transit().encrypt(name, secret, { context }),
    ];
    expect(first).toBe(second);
    expect(await transit().encrypt(name, secret, { context: Buffer.from("other") })).not.toBe(
      first,
    );
    expect(await failureOf(transit().decrypt(name, first ?? ""), canary)).toMatchObject({
      reason: "context-required",
      field: "context",
    });
    expect((await transit().dataKey(name, { context })).plaintext.byteLength).toBe(32);
  });

  test("with and without context at the same time does not mix them up", async () => {
    const name = await newKey({ derived: true });
    const results = await Promise.allSettled([
      transit().encrypt(name, secret, { context }),
      transit().encrypt(name, secret),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  test("of 500 calls at once is one request", async () => {
    const name = await newKey();
    const engine = transit();
    const requests = recordRequests(`${mount}/encrypt/${name}`);
    const texts = Array.from({ length: 500 }, (_, index) => `${index}`);
    const sealed = await Promise.all(texts.map((text) => engine.encrypt(name, Buffer.from(text))));
    requests.stop();
    expect(requests.paths).toHaveLength(1);
    const opened = await Promise.all(sealed.map((text) => engine.decrypt(name, text)));
    expect(opened.map((each) => each.text())).toEqual(texts);
  });

  test("takes values up to its limit, and gives them back", async () => {
    const name = await newKey();
    const large = Secret.binary(randomBytes(786_000));
    const opened = await transit().decrypt(name, await transit().encrypt(name, large));
    expect(opened.equals(large)).toBe(true);
  });

  test("of large values together goes into several requests", async () => {
    const name = await newKey();
    const items = Array.from({ length: 12 }, () => ({ plaintext: randomBytes(700_000) }));
    const sealed = await transit().encryptMany(name, items);
    const opened = await transit().decryptMany(
      name,
      sealed.map((each) => ({ ciphertext: "value" in each ? each.value : "" })),
    );
    const digests = opened.map((each) => ("value" in each ? digest(each.value.bytes()) : ""));
    expect(digests).toEqual(items.map(({ plaintext }) => digest(plaintext)));
  });
});

test("random bytes have the length that was asked for, and a limit", async () => {
  expect((await transit().random(100_000)).byteLength).toBe(100_000);
  expect(await failureOf(transit().random(0), canary)).toMatchObject({ field: "byteLength" });
});

test("a wrapped data key is opened by who may decrypt", async () => {
  const name = await newKey();
  const wrapped = await transit().wrappedDataKey(name, { bits: 512 });
  expect((await transit().decrypt(name, wrapped)).byteLength).toBe(64);
});

test("mounting is done once", async () => {
  const engine = transit().at(`${mount}-new`);
  onTestFinished(async () => void (await vault.request("DELETE", `sys/mounts/${mount}-new`)));
  expect(await engine.enable()).toEqual({ created: true });
  expect(await engine.enable()).toEqual({ created: false });
});

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
