import { UnavailableError } from "@kinko/core";
import { describe, expect, test, vi } from "vitest";
import { withoutLogins, type AuthMethod } from "../../src/auth/auth-method.js";
import { chain } from "../../src/auth/chain.js";
import { vaultError } from "../../src/errors/vault-error.js";

const { signal } = new AbortController();
const absent = vaultError("Unauthenticated", "x", { reason: "no-token" });
const rejected = vaultError("Unauthenticated", "x", { reason: "approle-rejected" });

function method(token: string | Error): AuthMethod & { readonly closed: ReturnType<typeof vi.fn> } {
  const closed = vi.fn(() => Promise.resolve());
  return {
    ...withoutLogins,
    token: () => (typeof token === "string" ? Promise.resolve(token) : Promise.reject(token)),
    replace: () => Promise.resolve(true),
    close: closed,
    closed,
  };
}

describe("a chain of auth methods", () => {
  test("uses the first that has credentials here, and stays with it", async () => {
    const second = method("second");
    const asked = vi.spyOn(second, "token");
    const first = method(absent);
    const looked = vi.spyOn(first, "token");
    const auth = chain([first, second, method("third")]);
    expect(await auth.token(signal)).toBe("second");
    expect(await auth.token(signal)).toBe("second");
    expect(looked).toHaveBeenCalledTimes(1);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(await auth.replace("second", signal)).toBe(true);
  });

  test.each([rejected, new UnavailableError("down")])(
    "ends at a method that fails otherwise (case %#)",
    async (failure) => {
      const auth = chain([method(absent), method(failure), method("third")]);
      await expect(auth.token(signal)).rejects.toBe(failure);
      expect(await auth.replace("x", signal)).toBe(false);
    },
  );

  test("without any credentials says so", async () => {
    await expect(chain([method(absent)]).token(signal)).rejects.toMatchObject({
      code: "Unauthenticated",
      reason: "no-credentials",
    });
  });

  test("closes all of them", async () => {
    const methods = [method("a"), method(absent)];
    await chain(methods).close();
    for (const { closed } of methods) expect(closed).toHaveBeenCalledTimes(1);
  });
});
