import { Secret } from "@kinko/core";
import { createCanary, FakeClock, hostileNames } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { TransitEncryption } from "../../src/transit/encryption.js";
import { maxPlaintextBytes } from "../../src/transit/values.js";
import { failureOf } from "../failures.js";
import { answer, fakeTransit, itemsOf } from "./fake-client.js";

const canary = createCanary();
const ciphertext = `vault:v1:${Buffer.alloc(40, 1).toString("base64")}`;

/** Encrypts by putting base64 behind a version, so that order can be seen. */
function echo() {
  return fakeTransit((request) =>
    answer(200, {
      batch_results: itemsOf(request).map(({ plaintext }) => ({
        ciphertext: `vault:v1:${String(plaintext)}`,
      })),
    }),
  );
}

describe("calls of one moment", () => {
  test("share a request by key, by version, and by whether they have a context", async () => {
    const { context, requests } = echo();
    const transit = new TransitEncryption(context);
    const bytes = Buffer.from("x");
    await Promise.all([
      transit.encrypt("a", bytes),
      transit.encrypt("a", bytes, { associatedData: bytes }),
      transit.encrypt("a", bytes, { context: bytes }),
      transit.encrypt("a", bytes, { keyVersion: "2" }),
      transit.encrypt("b", bytes),
    ]);
    expect(requests.map((each) => `${each.path} ${itemsOf(each).length}`)).toEqual([
      "transit/encrypt/a 2",
      "transit/encrypt/a 1",
      "transit/encrypt/a 1",
      "transit/encrypt/b 1",
    ]);
  });

  test("never let Vault make a key by the way", async () => {
    const { context, requests } = echo();
    await new TransitEncryption(context).encrypt("a", Buffer.from("x"));
    expect(requests[0]?.body).toMatchObject({ type: "must-exist" });
  });

  test("take the bytes as they are at the call, and leave them to the caller", async () => {
    const { context, requests } = echo();
    const bytes = Buffer.from("first");
    const call = new TransitEncryption(context).encrypt("a", bytes);
    bytes.write("later");
    await call;
    expect(itemsOf(requests[0] ?? {})[0]).toEqual({
      plaintext: Buffer.from("first").toString("base64"),
    });
    expect(bytes.toString()).toBe("later");
  });
});

describe("a request that Vault refuses as a whole", () => {
  test("is halved until only the item that causes it fails", async () => {
    const { context, requests } = fakeTransit((request) => {
      const items = itemsOf(request);
      if (items.some(({ plaintext }) => plaintext === "YmFk")) {
        return answer(400, undefined, ["illegal base64 data at input byte 0"]);
      }
      return answer(200, { batch_results: items.map(() => ({ ciphertext })) });
    });
    const transit = new TransitEncryption(context);
    const texts = ["a", "b", "c", "bad", "d", "e", "f", "g"];
    const results = await Promise.allSettled(
      texts.map((text) => transit.encrypt("key", Buffer.from(text))),
    );
    expect(results.map(({ status }) => status === "fulfilled")).toEqual(
      texts.map((text) => text !== "bad"),
    );
    expect(requests.length).toBeLessThanOrEqual(7);
  });

  test("for what concerns all is not sent again", async () => {
    const { context, requests } = fakeTransit(() =>
      answer(400, undefined, ["encryption key not found"]),
    );
    const transit = new TransitEncryption(context);
    const results = await Promise.allSettled([
      transit.decrypt("key", ciphertext),
      transit.decrypt("key", ciphertext),
    ]);
    expect(results).toMatchObject([
      { status: "rejected", reason: { code: "NotFound", field: "key" } },
      { status: "rejected", reason: { code: "NotFound", field: "key" } },
    ]);
    expect(requests).toHaveLength(1);
  });

  test("an answer with too few results is nobody's result", async () => {
    const { context } = fakeTransit(() => answer(200, { batch_results: [{ ciphertext }] }));
    const transit = new TransitEncryption(context);
    const results = await Promise.allSettled([
      transit.encrypt("a", Buffer.from("x")),
      transit.encrypt("a", Buffer.from("y")),
    ]);
    expect(results).toMatchObject([
      { reason: { code: "Corrupt", reason: "answer-malformed" } },
      { reason: { code: "Corrupt", reason: "answer-malformed" } },
    ]);
  });
});

describe("refused before any request", () => {
  const { context, requests } = fakeTransit(() => answer(500));
  const transit = new TransitEncryption(context);

  test.each([
    ["text", "malformed-ciphertext"],
    ["", "malformed-ciphertext"],
    ["vault:v1:@@@@", "malformed-base64"],
    [ciphertext.slice(0, -2), "malformed-base64"],
    [`${ciphertext} `, "malformed-base64"],
    ["vault:v1:AAAA", "ciphertext-truncated"],
    ["vault:vx:AAAA", "malformed-base64"],
  ])("%j is no ciphertext: %s", async (text, reason) => {
    const error = await failureOf(transit.decrypt("key", text), canary);
    expect(error).toMatchObject({ code: "InvalidValue", reason, field: "ciphertext" });
    expect(error).toMatchObject({ operation: "decrypt", ref: "transit/key" });
    expect(requests).toEqual([]);
  });

  test("names that lead elsewhere or that Vault does not take", async () => {
    const allowed = /^\w(?:[\w.-]*\w)?$/u;
    for (const name of [...hostileNames.map(String), "", "..", "a/b", "a?b", "ü", "a..b"]) {
      if (allowed.test(name) && !name.includes("..")) continue;
      const error = await failureOf(transit.encrypt(name, Buffer.from(canary.value)), canary);
      expect(error).toMatchObject({ code: "InvalidRef", field: "key" });
    }
    expect(requests).toEqual([]);
  });

  test("more than Vault takes in one string", async () => {
    const error = await failureOf(
      transit.encrypt("key", Buffer.alloc(maxPlaintextBytes + 1)),
      canary,
    );
    expect(error).toMatchObject({ code: "TooLarge", field: "plaintext" });
    expect(requests).toEqual([]);
  });

  test.each(["0", "-1", "1.5", "latest"])("%s is no version", async (keyVersion) => {
    const call = transit.encrypt("key", Buffer.from("x"), { keyVersion });
    expect(await failureOf(call, canary)).toMatchObject({ field: "keyVersion" });
    expect(requests).toEqual([]);
  });
});

describe("many at once", () => {
  test("come back in order, and a bad one is a result", async () => {
    const { context, requests } = echo();
    const transit = new TransitEncryption(context);
    const items = Array.from({ length: 2_500 }, (_, index) => ({
      plaintext: Secret.text(String(index)),
      ...(index % 3 === 0 ? { context: Buffer.from("c") } : {}),
    }));
    const large = { plaintext: Buffer.alloc(maxPlaintextBytes + 1) };
    const outcomes = await transit.encryptMany("key", [...items, large]);
    const expected = items.map((_, index) => ({
      value: `vault:v1:${Buffer.from(String(index)).toString("base64")}`,
    }));
    expect(outcomes.slice(0, -1)).toEqual(expected);
    expect(outcomes.at(-1)).toMatchObject({ error: { code: "TooLarge" } });
    expect(requests.length).toBe(3);
    expect(items[0]?.plaintext.text()).toBe("0");
  });

  test("after an outage ask no more, and every item that is left has its error", async () => {
    const { context, requests } = fakeTransit(() => answer(503));
    const items = Array.from({ length: 9_000 }, () => ({ plaintext: Buffer.from("x") }));
    const outcomes = await new TransitEncryption(context).encryptMany("key", items);
    expect(outcomes).toHaveLength(items.length);
    expect(outcomes.every((each) => "error" in each && each.error.code === "Unavailable")).toBe(
      true,
    );
    expect(requests.length).toBe(4);
  });

  test("end at once when the caller gives up", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const { context } = fakeTransit(() => new Promise(() => undefined), clock);
    const { signal } = controller;
    const work = new TransitEncryption(context).encryptMany(
      "key",
      [{ plaintext: Buffer.from(canary.value) }],
      { signal },
    );
    controller.abort();
    expect(await failureOf(work, canary)).toMatchObject({ code: "Aborted" });
    expect(clock.pendingTimers).toBe(0);
  });

  test("none at all need no request", async () => {
    const { context, requests } = echo();
    expect(await new TransitEncryption(context).decryptMany("key", [])).toEqual([]);
    expect(requests).toEqual([]);
  });
});

describe("a version that is too old", () => {
  const tooOld = "ciphertext or signature version is disallowed by policy (too old)";

  test.each([
    [0, "Disabled", "key-version-too-old"],
    [2, "Destroyed", "key-version-trimmed"],
  ])("with %i as the oldest there is: %s", async (oldest, code, reason) => {
    const { context, requests } = fakeTransit((request) =>
      request.method === "GET"
        ? answer(200, { min_available_version: oldest })
        : answer(400, { batch_results: itemsOf(request).map(() => ({ error: tooOld })) }),
    );
    const transit = new TransitEncryption(context);
    const outcomes = await transit.decryptMany("key", [{ ciphertext }, { ciphertext }]);
    expect(outcomes).toMatchObject([{ error: { code, reason } }, { error: { code, reason } }]);
    expect(requests).toHaveLength(2);
  });
});
