import { createHash, createPublicKey, verify as verifyLocally } from "node:crypto";
import { createCanary } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { failureOf } from "../failures.js";
import { useTransit } from "./use-transit.js";

const { transit, newKey } = useTransit();
const canary = createCanary();
const secret = Buffer.from(canary.value);
const context = Buffer.from("tenant 1");

describe("signatures", () => {
  test("are those of the standard: node verifies them with the public key", async () => {
    const name = await newKey({ type: "ecdsa-p256" });
    const [version] = (await transit().readKey(name)).versions;
    const key = createPublicKey(version?.publicKey ?? "");
    const asn1 = (await transit().sign(name, secret)).split(":")[2] ?? "";
    expect(verifyLocally("sha256", secret, key, Buffer.from(asn1, "base64"))).toBe(true);
    const jws = (await transit().sign(name, secret, { marshaling: "jws" })).split(":")[2] ?? "";
    const signature = Buffer.from(jws, "base64url");
    const form = { key, dsaEncoding: "ieee-p1363" } as const;
    expect(verifyLocally("sha256", secret, form, signature)).toBe(true);
  });

  test("over a hash are those over what was hashed", async () => {
    const name = await newKey({ type: "rsa-2048" });
    const hash = createHash("sha512").update(secret).digest();
    const options = { hash: "sha2-512", padding: "pkcs1v15" } as const;
    const signature = await transit().sign(name, hash, { ...options, prehashed: true });
    expect(await transit().verify(name, secret, signature, options)).toBe(true);
    expect(await transit().verify(name, secret, signature, { padding: "pkcs1v15" })).toBe(false);
  });

  test("of a derived key need the context", async () => {
    const name = await newKey({ type: "ed25519", derived: true });
    const signature = await transit().sign(name, secret, { context });
    expect(await transit().verify(name, secret, signature, { context })).toBe(true);
    expect(await failureOf(transit().sign(name, secret), canary)).toMatchObject({
      field: "context",
    });
  });

  test("by an older version still verify after a rotation", async () => {
    const name = await newKey({ type: "ed25519" });
    const signature = await transit().sign(name, secret);
    await transit().rotateKey(name);
    expect(await transit().sign(name, secret)).toMatch(/^vault:v2:/u);
    expect(await transit().verify(name, secret, signature)).toBe(true);
  });

  test("MACs differ by hash function", async () => {
    const name = await newKey({ type: "hmac", keySizeBytes: 64 });
    const hmac = await transit().hmac(name, secret, { hash: "sha2-512" });
    expect(await transit().verifyHmac(name, secret, hmac, { hash: "sha2-512" })).toBe(true);
    expect(await transit().verifyHmac(name, secret, hmac)).toBe(false);
  });
});

test("hashes as node does", async () => {
  expect(await transit().hash(secret)).toEqual(createHash("sha256").update(secret).digest());
  expect(await transit().hash(secret, { hash: "sha3-384" })).toEqual(
    createHash("sha3-384").update(secret).digest(),
  );
});
