import { SecretError } from "@kinko/core";
import { FakeClock } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TokenHolds } from "../../src/auth/token-holds.js";
import type { VaultAnswer } from "../../src/client/answer.js";
import { HeldLeases } from "../../src/dynamic/held-leases.js";
import { VaultLeases } from "../../src/dynamic/leases.js";
import { answer, fakeTransit } from "../transit/fake-client.js";

const { signal } = new AbortController();
const path = "database/creds/readonly";

/** Leases under the token `t`, of an engine whose answers a test makes. */
function setUp(respond?: (path: string) => VaultAnswer | undefined) {
  const clock = new FakeClock();
  const holds = new TokenHolds(clock);
  holds.lives("t", { monotonicMs: 1e9, wallMs: clock.now() + 1e9 });
  let serial = 0;
  const lease = (): VaultAnswer => ({
    ...answer(200, { username: "u", password: "p" }),
    body: { lease_id: `${path}/${(serial += 1)}`, lease_duration: 60, renewable: true },
  });
  const { context } = fakeTransit((request) => {
    const given = respond?.(request.path);
    if (given !== undefined) return given;
    if (request.path === path) {
      request.onHeld?.(holds.hold("t"));
      return lease();
    }
    if (request.path !== "sys/leases/renew") return answer(204);
    const body = { lease_id: request.body?.["lease_id"], lease_duration: 60, renewable: true };
    return { ...answer(200), body };
  });
  const held = new HeldLeases(clock);
  const leases = new VaultLeases(context.client, held);
  return { clock, holds, held, leases, issue: () => leases.issue({ path }, { signal }) };
}

describe("the token that credentials were issued with", () => {
  test("is held until they are revoked", async () => {
    const { holds, held, leases, issue } = setUp();
    const [first, second] = [await issue(), await issue()];
    await leases.revoke(first.id, { signal });
    expect(holds.isHeld("t")).toBe(true);
    await leases.revoke(second.id, { signal });
    expect([holds.isHeld("t"), held.size]).toEqual([false, 0]);
  });

  test("is held until their time is over, which renewals put off", async () => {
    const { clock, holds, leases, issue } = setUp();
    const { id } = await issue();
    await clock.advance(50_000);
    await leases.renew(id, { signal });
    await clock.advance(59_000);
    expect(holds.isHeld("t")).toBe(true);
    await clock.advance(1_000);
    expect(holds.isHeld("t")).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  test("is let go of with a prefix, and not with its sibling", async () => {
    const { holds, leases, issue } = setUp();
    await issue();
    await leases.revokePrefix("database/creds/read", { signal });
    expect(holds.isHeld("t")).toBe(true);
    await leases.forgetPrefix("database/creds/", { signal });
    expect(holds.isHeld("t")).toBe(false);
  });

  test("is held on while a revocation fails, and let go of when the lease turns out to be over", async () => {
    const { holds, leases, issue } = setUp((asked) => {
      if (asked === "sys/leases/revoke") return answer(500, undefined, ["dial tcp: no"]);
      if (asked === "sys/leases/renew") return answer(400, undefined, ["lease not found"]);
      return undefined;
    });
    const { id } = await issue();
    await expect(leases.revoke(id, { signal })).rejects.toBeInstanceOf(SecretError);
    expect(holds.isHeld("t")).toBe(true);
    await expect(leases.renew(id, { signal })).rejects.toMatchObject({ code: "LeaseExpired" });
    expect(holds.isHeld("t")).toBe(false);
  });

  test("is not held for what has no lease, nor for an answer that cannot be read", async () => {
    const clock = new FakeClock();
    const holds = new TokenHolds(clock);
    holds.lives("t", undefined);
    const answers = [
      { ...answer(200, { username: "u", password: "p", ttl: 60 }), body: { lease_id: "" } },
      { ...answer(200, { username: "u" }), body: { lease_id: "database/creds/a/1" } },
    ];
    const { context } = fakeTransit((request) => {
      request.onHeld?.(holds.hold("t"));
      return answers.shift() ?? answer(500);
    });
    const leases = new VaultLeases(context.client, new HeldLeases(clock));
    await leases.issue({ path }, { signal });
    await expect(leases.issue({ path }, { signal })).rejects.toMatchObject({ code: "Corrupt" });
    expect(holds.isHeld("t")).toBe(false);
  });
});

test("leases that nobody revokes are forgotten as others come", async () => {
  const { clock, held, issue } = setUp();
  for (let count = 0; count < 1_000; count += 1) {
    await issue();
    await clock.advance(1_000);
  }
  expect(held.size).toBeLessThanOrEqual(129);
});

test("a lease of somebody else is bound to nothing that is known here", async () => {
  const { held, leases } = setUp();
  await leases.renew("database/creds/other/1", { signal });
  expect(held.boundOf("database/creds/other/1")).toBeUndefined();
  expect(held.size).toBe(0);
});

test("whatever happens in whatever order, a token is held exactly while a lease of it lives", () => {
  const step = fc.oneof(
    fc.record({
      type: fc.constant("add" as const),
      id: fc.nat(5),
      ttl: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({
      type: fc.constant("extend" as const),
      id: fc.nat(5),
      ttl: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({ type: fc.constant("release" as const), id: fc.nat(5), ttl: fc.constant(0) }),
    fc.record({
      type: fc.constant("pass" as const),
      id: fc.constant(0),
      ttl: fc.integer({ min: 1, max: 9 }),
    }),
  );
  return fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new FakeClock();
      const holds = new TokenHolds(clock);
      holds.lives("t", undefined);
      const held = new HeldLeases(clock);
      const living = new Map<string, number>();
      for (const { type, id: number, ttl } of steps) {
        const id = `a/${number}`;
        const untilMs = clock.monotonicMs() + ttl * 1_000;
        if (type === "add") held.add(id, holds.hold("t"), ttl);
        if (type === "extend") held.extend(id, ttl);
        if (type === "release") held.release(id);
        if (type === "add" || (type === "extend" && living.has(id))) living.set(id, untilMs);
        if (type === "release") living.delete(id);
        if (type === "pass") await clock.advance(ttl * 1_000);
        const lives = [...living.values()].some((endMs) => endMs > clock.monotonicMs());
        expect(holds.isHeld("t")).toBe(lives);
      }
    }),
    { numRuns: 50 },
  );
});
