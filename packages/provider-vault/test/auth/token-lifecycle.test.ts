import { UnavailableError, type SecretError } from "@kinko/core";
import { flushMicrotasks } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vaultError } from "../../src/errors/vault-error.js";
import type { AuthMethod, TokenEnding } from "../../src/auth/auth-method.js";
import { login } from "../../src/auth/login.js";
import { keepAlive } from "../../src/auth/token-lifecycle.js";
import type { VaultAnswer } from "../../src/client/answer.js";
import { fakeVault, grant, type SeenRequest } from "./fake-vault.js";

const { signal } = new AbortController();
const outage = new UnavailableError("Vault cannot be reached.");
const denied = { status: 403, errors: ["permission denied"] };
const invalid = { status: 403, errors: ["permission denied", "invalid token"] };

interface Setup {
  readonly auth: AuthMethod;
  readonly clock: ReturnType<typeof fakeVault>["clock"];
  readonly seen: readonly SeenRequest[];
  readonly logins: () => number;
  readonly renewals: () => number;
}

/** A login whose n-th token is `login-n`. */
function setUp(
  answers: {
    readonly login?: (count: number) => Partial<VaultAnswer> | Error;
    readonly renewal?: (count: number, seen: SeenRequest) => Partial<VaultAnswer> | Error;
  },
  options: { readonly revokeOnClose?: boolean; readonly random?: () => number } = {},
): Setup {
  let logins = 0;
  let renewals = 0;
  const { clock, seen, dependencies } = fakeVault((asked) => {
    if (asked.path === "auth/m/login") {
      logins += 1;
      return answers.login?.(logins) ?? grant(`login-${logins}`, 300);
    }
    if (asked.path === "auth/token/renew-self") {
      renewals += 1;
      return answers.renewal?.(renewals, asked) ?? grant(asked.token ?? "", 300);
    }
    return {};
  });
  const method = {
    name: "m",
    login: (own: AbortSignal) =>
      login(dependencies.request, {
        path: "m/login",
        body: {},
        signal: own,
        title: "M",
        name: "m",
        advice: "Check it.",
      }),
    close: () => undefined,
  };
  const { revokeOnClose = true, random = () => 0.5 } = options;
  const auth = keepAlive(method, { dependencies, revokeOnClose, random });
  return { auth, clock, seen, logins: () => logins, renewals: () => renewals };
}

describe("a token from a login", () => {
  test("is got at the first call, once for all callers", async () => {
    const { auth, logins } = setUp({});
    const tokens = await Promise.all(
      Array.from({ length: 50 }, () => auth.token(new AbortController().signal)),
    );
    expect(new Set(tokens)).toEqual(new Set(["login-1"]));
    expect(logins()).toBe(1);
  });

  test("is renewed after two thirds of its life, again and again", async () => {
    const { auth, clock, seen, logins } = setUp({});
    await auth.token(signal);
    await clock.advance(1_000_000);
    const renewals = seen.filter(({ path }) => path === "auth/token/renew-self");
    expect(renewals.map(({ atMs }) => atMs)).toEqual([
      200_000, 400_000, 600_000, 800_000, 1_000_000,
    ]);
    expect(renewals[0]).toMatchObject({ token: "login-1", body: { increment: "300s" } });
    expect(logins()).toBe(1);
  });

  test("is renewed at another moment each time, so that a fleet spreads out", async () => {
    const draws = [0, 1, 0.25];
    const { auth, clock, seen } = setUp({}, { random: () => draws.shift() ?? 0.5 });
    await auth.token(signal);
    await clock.advance(600_000);
    const times = seen.slice(1).map(({ atMs }) => Math.round(atMs));
    expect(times).toEqual([180_000, 400_000, 590_000]);
  });

  test("that a renewal no longer prolongs is replaced while it lives, and listeners are told", async () => {
    const { auth, clock, logins, renewals } = setUp({
      renewal: (_count, { token }) => grant(token ?? "", 90),
    });
    const endings: TokenEnding[] = [];
    auth.onSucceeded((ending) => endings.push(ending));
    await auth.token(signal);
    await clock.advance(200_000);
    expect([logins(), renewals()]).toEqual([1, 1]);
    await clock.advance(60_000);
    expect([logins(), renewals()]).toEqual([2, 1]);
    expect(endings).toEqual([{ remainingSeconds: 30 }]);
    expect(await auth.token(signal)).toBe("login-2");
  });

  test("that may not renew itself is replaced at the time of its renewal", async () => {
    const { auth, clock, logins } = setUp({ renewal: () => denied });
    await auth.token(signal);
    await clock.advance(200_000);
    expect(logins()).toBe(2);
  });

  test("of the batch kind is never renewed, and replaced in time", async () => {
    const batch = (count: number): Partial<VaultAnswer> =>
      grant(`batch-${count}`, 300, { renewable: false, token_type: "batch" });
    const { auth, clock, renewals, seen } = setUp({ login: batch });
    await auth.token(signal);
    await clock.advance(200_000);
    expect(renewals()).toBe(0);
    expect(await auth.token(signal)).toBe("batch-2");
    await auth.close();
    expect(seen.some(({ path }) => path === "auth/token/revoke-self")).toBe(false);
  });

  test("without an end needs no timer", async () => {
    const { auth, clock } = setUp({ login: () => grant("root", 0) });
    await auth.token(signal);
    await flushMicrotasks();
    expect(clock.pendingTimers).toBe(0);
  });

  test("that Vault revoked is replaced when a call or a renewal is told", async () => {
    const { auth, clock, logins } = setUp({ renewal: () => invalid });
    await auth.token(signal);
    expect(await auth.replace("login-1", signal)).toBe(true);
    expect(await auth.token(signal)).toBe("login-2");
    await clock.advance(200_000);
    expect(logins()).toBe(3);
  });

  test("that was replaced meanwhile is not replaced once more", async () => {
    const { auth, logins } = setUp({});
    await auth.token(signal);
    await Promise.all([auth.replace("login-1", signal), auth.replace("login-1", signal)]);
    expect(await auth.replace("login-1", signal)).toBe(true);
    expect(logins()).toBe(2);
  });

  test("is never sent after its end, also when only the wall clock saw time pass", async () => {
    const { auth, clock } = setUp({ renewal: () => outage });
    await auth.token(signal);
    clock.jumpWallClock(301_000);
    expect(await auth.token(signal)).toBe("login-2");
  });
});

describe("what depends on a token", () => {
  const short = (_count: number, { token }: SeenRequest): Partial<VaultAnswer> =>
    grant(token ?? "", 90);

  test("lives as long as the token, which renewals prolong and a new login does not", async () => {
    const { auth, clock } = setUp({ renewal: short });
    await auth.token(signal);
    const hold = auth.hold("login-1");
    expect([hold.remainingSeconds(), hold.isSucceeded()]).toEqual([300, false]);
    await clock.advance(201_000);
    expect([hold.remainingSeconds(), hold.isSucceeded()]).toEqual([89, false]);
    await clock.advance(60_000);
    expect(await auth.token(signal)).toBe("login-2");
    expect([hold.remainingSeconds(), hold.isSucceeded()]).toEqual([29, true]);
  });

  test("made with a token that was succeeded meanwhile ends with that one", async () => {
    const { auth, clock } = setUp({ renewal: short });
    await auth.token(signal);
    await clock.advance(261_000);
    const late = auth.hold("login-1");
    expect([late.remainingSeconds(), late.isSucceeded()]).toEqual([29, true]);
    expect(auth.hold("login-2").isSucceeded()).toBe(false);
  });

  test("of one login does not keep the token of another from being revoked", async () => {
    const { auth, clock, seen } = setUp({ renewal: short });
    await auth.token(signal);
    auth.hold("login-1");
    await clock.advance(261_000);
    await auth.close();
    expect(seen.at(-1)).toMatchObject({ path: "auth/token/revoke-self", token: "login-2" });
  });

  test("is over at once when Vault no longer accepts the token, and listeners are told", async () => {
    const { auth } = setUp({});
    await auth.token(signal);
    const hold = auth.hold("login-1");
    const endings: TokenEnding[] = [];
    auth.onSucceeded((ending) => endings.push(ending));
    await auth.replace("login-1", signal);
    expect(endings).toEqual([{ remainingSeconds: 0 }]);
    expect([hold.remainingSeconds(), hold.isSucceeded()]).toEqual([0, true]);
    const late = auth.hold("login-1");
    expect([late.remainingSeconds(), late.isSucceeded()]).toEqual([0, true]);
  });

  test("is over when the token ended in an outage, also when only the wall clock knows", async () => {
    const { auth, clock } = setUp({ renewal: () => outage });
    await auth.token(signal);
    const hold = auth.hold("login-1");
    clock.jumpWallClock(301_000);
    expect([hold.remainingSeconds() <= 0, hold.isSucceeded()]).toEqual([true, false]);
    await auth.token(signal);
    expect(hold.isSucceeded()).toBe(true);
  });
});

describe("an outage", () => {
  test("of 90 seconds within the life of the token causes no login and few requests", async () => {
    let down = false;
    const { auth, clock, logins, renewals } = setUp({
      renewal: (_count, { token }) => (down ? outage : grant(token ?? "", 300)),
    });
    await auth.token(signal);
    await clock.advance(190_000);
    down = true;
    await clock.advance(90_000);
    down = false;
    expect(await auth.token(signal)).toBe("login-1");
    expect(logins()).toBe(1);
    // Waits of 1, 2, 4, 8, 16, 30, 30 s.
    expect(renewals()).toBeLessThanOrEqual(8);
    await clock.advance(30_000);
    expect(await auth.token(signal)).toBe("login-1");
    expect(logins()).toBe(1);
  });

  test("beyond the life of the token ends the background work; the next call logs in", async () => {
    let down = true;
    const { auth, clock, seen } = setUp({
      login: (count) => (count > 1 && down ? outage : grant(`login-${count}`, 300)),
      renewal: () => outage,
    });
    await auth.token(signal);
    await clock.advance(400_000);
    const requests = seen.length;
    await clock.advance(10_000_000);
    expect(seen.length).toBe(requests);
    await expect(auth.token(signal)).rejects.toMatchObject({ code: "Unavailable" });
    down = false;
    expect(await auth.token(signal)).toBe("login-3");
  });
});

describe("closing", () => {
  test("revokes the token of the last login", async () => {
    const { auth, clock, seen } = setUp({});
    await auth.token(signal);
    await auth.close();
    await auth.close();
    const revoked = seen.filter(({ path }) => path === "auth/token/revoke-self");
    expect(revoked.map(({ token }) => token)).toEqual(["login-1"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each(["told not to", "something still depends on it", "never logged in", "ended"])(
    "revokes nothing when %s",
    async (why) => {
      const { auth, clock, seen } = setUp(
        { renewal: () => outage },
        { revokeOnClose: why !== "told not to" },
      );
      if (why !== "never logged in") await auth.token(signal);
      if (why === "ended") await clock.advance(301_000);
      if (why === "something still depends on it") auth.hold("login-1");
      await auth.close();
      expect(seen.some(({ path }) => path === "auth/token/revoke-self")).toBe(false);
    },
  );

  test("revokes again once nothing depends on it any more", async () => {
    const { auth, clock, seen } = setUp({});
    await auth.token(signal);
    const [hold, ending] = [auth.hold("login-1"), auth.hold("login-1")];
    hold.release();
    hold.release();
    ending.endsAt({ monotonicMs: clock.monotonicMs() + 1_000, wallMs: clock.now() + 1_000 });
    await clock.advance(1_000);
    await auth.close();
    expect(seen.at(-1)?.path).toBe("auth/token/revoke-self");
  });

  test("waits no more than two seconds for a Vault that does not answer", async () => {
    const { clock, dependencies } = fakeVault(() => grant("t", 300));
    const stuck = {
      ...dependencies,
      request: (asked: Parameters<typeof dependencies.request>[0]) =>
        asked.path === "auth/token/revoke-self"
          ? new Promise<never>((_resolve, reject) => {
              asked.signal.addEventListener("abort", () => reject(new Error("aborted")));
            })
          : dependencies.request(asked),
    };
    const auth = keepAlive(
      {
        name: "m",
        login: () =>
          Promise.resolve({ token: "t", ttlSeconds: 300, renewable: true, revocable: true }),
        close: () => undefined,
      },
      { dependencies: stuck, revokeOnClose: true },
    );
    await auth.token(signal);
    let closed = false;
    const closing = auth.close().then(() => (closed = true));
    await clock.advance(1_999);
    expect(closed).toBe(false);
    await clock.advance(1);
    await closing;
  });
});

describe("a refused login", () => {
  test.each([
    [vaultError("InvalidValue", "x", { reason: "bad-request" }), "m-rejected"],
    [vaultError("Unauthenticated", "x", { reason: "token-rejected" }), "login-denied"],
  ])("is Unauthenticated with a reason and advice (case %#)", async (refusal, reason) => {
    const { auth } = setUp({ login: () => refusal });
    const error = await auth.token(signal).catch((caught: unknown) => caught as SecretError);
    expect(error).toMatchObject({ code: "Unauthenticated", reason });
    expect((error as SecretError).message).toContain("Check it.");
  });

  test("without a token in the answer says so", async () => {
    const { auth } = setUp({ login: () => ({ body: { auth: { mfa_requirement: {} } } }) });
    await expect(auth.token(signal)).rejects.toMatchObject({ reason: "no-token-granted" });
  });
});

test("whatever Vault answers, requests stay few and an ended token is never handed out", async () => {
  const answers = fc.constantFrom("outage", "denied", "invalid", "short", "full");
  await fc.assert(
    fc.asyncProperty(
      fc.array(answers, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 30, max: 3_600 }),
      async (script, ttlSeconds) => {
        const ends = new Map<string, number>();
        let step = 0;
        const next = (): string => script[step++ % script.length] as string;
        const { auth, clock, seen } = setUp({
          login: (count) => {
            if (count > 1 && next() === "outage") return outage;
            ends.set(`login-${count}`, clock.monotonicMs() + ttlSeconds * 1_000);
            return grant(`login-${count}`, ttlSeconds);
          },
          renewal: (_count, { token = "" }) => {
            switch (next()) {
              case "outage":
                return outage;
              case "denied":
                return denied;
              case "invalid":
                return invalid;
              case "short":
                ends.set(token, clock.monotonicMs() + ttlSeconds * 300);
                return grant(token, ttlSeconds * 0.3);
              default:
                ends.set(token, clock.monotonicMs() + ttlSeconds * 1_000);
                return grant(token, ttlSeconds);
            }
          },
        });
        const minutes = 60;
        for (let minute = 0; minute < minutes; minute += 1) {
          const token = await auth.token(signal).catch(() => undefined);
          if (token !== undefined) {
            expect(ends.get(token)).toBeGreaterThan(clock.monotonicMs());
          }
          await clock.advance(60_000);
        }
        // At most one renewal or login per fifth of a life, the repeats of outages beside them.
        const lives = (minutes * 60) / (ttlSeconds * 0.3 * 0.6);
        expect(seen.length).toBeLessThan(lives * 10 + minutes + 20);
        await auth.close();
      },
    ),
    { numRuns: 60 },
  );
});
