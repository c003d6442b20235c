import { silentLogger, UnavailableError } from "@kinko/core";
import { describe, expect, test, vi } from "vitest";
import { givenToken } from "../../src/auth/given-token.js";
import type { VaultAnswer } from "../../src/client/answer.js";
import { fakeVault, grant, type SeenRequest } from "./fake-vault.js";

const { signal } = new AbortController();

function setUp(answer: (seen: SeenRequest) => Partial<VaultAnswer> | Error, renew = true) {
  const warn = vi.fn();
  const vault = fakeVault(answer, { logger: { ...silentLogger, warn } });
  const auth = givenToken("given", {
    dependencies: vault.dependencies,
    renew,
    random: () => 0.5,
  });
  return { ...vault, auth, warn };
}

const lookedUp = (more: Readonly<Record<string, unknown>> = {}): Partial<VaultAnswer> => ({
  data: { ttl: 300, creation_ttl: 600, renewable: true, ...more },
});

describe("a given token", () => {
  test("costs a short process no request of its own", async () => {
    const { auth, clock, seen } = setUp(() => lookedUp());
    expect(await auth.token(signal)).toBe("given");
    await clock.advance(4_999);
    await auth.close();
    await clock.advance(1_000_000);
    expect(seen).toEqual([]);
  });

  test("is renewed in a process that lives on, from what is left of it", async () => {
    const { auth, clock, seen } = setUp(({ path }) =>
      path.endsWith("lookup-self") ? lookedUp() : grant("given", 600),
    );
    await auth.token(signal);
    await auth.token(signal);
    await clock.advance(1_100_000);
    expect(seen.map(({ path, atMs }) => [path, atMs])).toEqual([
      ["auth/token/lookup-self", 5_000],
      ["auth/token/renew-self", 205_000],
      ["auth/token/renew-self", 605_000],
      ["auth/token/renew-self", 1_005_000],
    ]);
    expect(seen[1]).toMatchObject({ token: "given", body: { increment: "600s" } });
  });

  test("is left alone when the config says so", async () => {
    const { auth, clock, seen } = setUp(() => lookedUp(), false);
    await auth.token(signal);
    await clock.advance(1_000_000);
    expect(seen).toEqual([]);
  });

  test.each<[string, Partial<VaultAnswer>, number]>([
    ["never ends", lookedUp({ ttl: 0 }), 0],
    ["may not look at itself", { status: 403, errors: ["permission denied"] }, 0],
    ["cannot be renewed", lookedUp({ renewable: false }), 1],
  ])("that %s is looked at once", async (_what, answer, warnings) => {
    const { auth, clock, seen, warn } = setUp(() => answer);
    await auth.token(signal);
    await clock.advance(1_000_000);
    expect(seen).toHaveLength(1);
    expect(warn).toHaveBeenCalledTimes(warnings);
  });

  test.each<[string, Partial<VaultAnswer>]>([
    ["nears its maximum", grant("given", 60)],
    ["is not renewed by Vault", { status: 403, errors: ["permission denied"] }],
  ])("that %s is warned of once", async (_what, renewal) => {
    const { auth, clock, seen, warn } = setUp(({ path }) =>
      path.endsWith("lookup-self") ? lookedUp() : renewal,
    );
    await auth.token(signal);
    await clock.advance(10_000_000);
    expect(seen).toHaveLength(2);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test("is renewed after an outage, with pauses that grow", async () => {
    const { auth, clock, seen } = setUp(({ path, atMs }) => {
      if (path.endsWith("lookup-self")) return lookedUp();
      return atMs < 220_000
        ? new UnavailableError("Vault cannot be reached.")
        : grant("given", 600);
    });
    await auth.token(signal);
    await clock.advance(300_000);
    expect(seen.slice(1).map(({ atMs }) => atMs)).toEqual([
      205_000, 206_000, 208_000, 212_000, 220_000,
    ]);
  });
});
