import { Secret } from "@kinko/core";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { canaryOf, createCanary, FakeClock } from "@kinko/testing";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { WrappingCapability } from "../../src/wrapping/types.js";
import { openEngines } from "../engine-store.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";
import { openVaultStore } from "../support.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });
const canary = createCanary();
const path = `${mount}/data/app`;
const minute = { wrapTtlSeconds: 60 } as const;
const wrapping = (): WrappingCapability => openEngines(vault).as("wrapping");

beforeAll(async () => {
  await vault.request("POST", path, { data: { password: canary.value } });
});

describe("wrapping", () => {
  test("a KV read hands out a token, and the secret comes out of it once", async () => {
    const wrapped = await wrapping().wrap({ path }, minute);
    expect(wrapped).toMatchObject({ creationPath: path, ttlSeconds: 60 });
    expect(JSON.stringify(wrapped)).not.toContain(canary.value);
    const info = await wrapping().lookup(wrapped.token);
    expect(info).toEqual({
      creationPath: path,
      ttlSeconds: 60,
      createdAt: wrapped.createdAt,
      expiresAt: wrapped.expiresAt,
    });
    const opened = await wrapping().unwrap(wrapped.token, { expectCreationPath: path });
    expect(opened.data?.json()).toMatchObject({ data: { password: canary.value } });
    expect(opened.token).toBeUndefined();
  });

  test("data of one's own comes back as it was", async () => {
    for (const [data, back] of [
      [
        Secret.json({ user: "app", password: canary.value }),
        { user: "app", password: canary.value },
      ],
      [Secret.text(canary.value), { value: canary.value }],
    ] as const) {
      const wrapped = await wrapping().wrapData(data, minute);
      expect(wrapped.creationPath).toBe("sys/wrapping/wrap");
      expect((await wrapping().unwrap(wrapped.token)).data?.json()).toEqual(back);
    }
    const binary = wrapping().wrapData(Secret.binary(Buffer.from(canary.value)), minute);
    expect(await failureOf(binary, canary)).toMatchObject({ code: "InvalidValue", field: "data" });
  });

  test.each([0, -1, 1.5, Number.NaN, 1e12])(
    "for %s seconds is refused at once",
    async (seconds) => {
      const requests = recordRequests(path);
      const error = await failureOf(wrapping().wrap({ path }, { wrapTtlSeconds: seconds }), canary);
      requests.stop();
      expect(error).toMatchObject({ code: "InvalidValue", field: "wrapTtlSeconds" });
      expect(requests.paths).toEqual([]);
    },
  );

  test("what is not there fails, and not with a token", async () => {
    const error = await failureOf(wrapping().wrap({ path: `${path}-none` }, minute), canary);
    expect(error.code).toBe("NotFound");
  });
});

describe("a wrapping token", () => {
  test("that was opened raises the alarm at every further use", async () => {
    const { token } = await wrapping().wrap({ path }, minute);
    await wrapping().unwrap(token);
    const tokenCanary = canaryOf(token.text());
    const calls = [
      () => wrapping().unwrap(token),
      () => wrapping().unwrap(token, { expectCreationPath: path }),
      () => wrapping().lookup(token),
      () => wrapping().rewrap(token),
    ];
    for (const call of calls) {
      const error = await failureOf(call(), tokenCanary);
      expect(error).toMatchObject({ code: "Unauthenticated", reason: "wrapping-token-used" });
      expect(error.message).toContain("somebody else");
    }
  });

  test("from elsewhere is not opened, and stays good as evidence", async () => {
    const { token } = await wrapping().wrapData(Secret.text(canary.value), minute);
    const wrong = [path, `${mount}/*`, /^auth\//u];
    for (const expectCreationPath of wrong) {
      const error = await failureOf(wrapping().unwrap(token, { expectCreationPath }), canary);
      expect(error).toMatchObject({ code: "Unauthenticated", reason: "wrapping-token-foreign" });
    }
    const opened = await wrapping().unwrap(token, { expectCreationPath: "sys/wrapping/*" });
    expect(opened.data?.json()).toEqual({ value: canary.value });
  });

  test("is moved into a new one, which keeps its path and life; the old one is used up", async () => {
    const old = await wrapping().wrap({ path }, minute);
    const fresh = await wrapping().rewrap(old.token, { expectCreationPath: path });
    expect(fresh).toMatchObject({ creationPath: path, ttlSeconds: 60 });
    expect(fresh.token.equals(old.token)).toBe(false);
    expect((await failureOf(wrapping().unwrap(old.token), canary)).reason).toBe(
      "wrapping-token-used",
    );
    expect((await wrapping().unwrap(fresh.token)).data).toBeDefined();
  });

  test("that has certainly ended by itself is no alarm", async () => {
    const { token, expiresAt } = await wrapping().wrap({ path }, minute);
    await wrapping().unwrap(token);
    const clock = new FakeClock({ nowMs: (expiresAt?.getTime() ?? 0) - 1 });
    const store = openVaultStore(
      { address: vault.address, auth: { method: "token", token: vault.token } },
      { clock },
    );
    onTestFinished(() => store.close());
    const unwrap = (): Promise<unknown> => store.as("wrapping").unwrap(token, { expiresAt });
    expect((await failureOf(unwrap(), canary)).reason).toBe("wrapping-token-used");
    clock.jumpWallClock(1);
    expect(await failureOf(unwrap(), canary)).toMatchObject({
      code: "Unauthenticated",
      reason: "wrapping-token-expired",
    });
  });

  test("is opened by exactly one of many who try at once", async () => {
    const { token } = await wrapping().wrap({ path }, minute);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => wrapping().unwrap(token)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
