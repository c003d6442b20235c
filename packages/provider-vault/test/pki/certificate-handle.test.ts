import { Secret } from "@kinko/core";
import { createCanary, FakeClock } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { openCertificate } from "../../src/pki/certificate-handle.js";
import type { IssuedCertificate } from "../../src/pki/types.js";
import { failureOf } from "../failures.js";

const hourMs = 3_600_000;
const canary = createCanary();

/** An engine that issues certificates of one hour, and fails as long as it is told to. */
function fakeEngine(lifeMs = hourMs) {
  const clock = new FakeClock();
  const state = { issued: 0, failing: false, hanging: false, atMs: [] as number[] };
  const issue = async (): Promise<IssuedCertificate> => {
    state.atMs.push(clock.monotonicMs());
    if (state.failing) throw new Error("Vault is away");
    state.issued += 1;
    return {
      certificate: `certificate ${state.issued}\n`,
      chain: ["intermediate\n", "root\n"],
      serialNumber: `${state.issued}`,
      expiresAt: new Date(clock.now() + lifeMs),
      privateKey: Secret.text(`${canary.value}-${state.issued}`),
    };
  };
  const request = { role: "web", commonName: "a.example.com" };
  const open = (options = {}, random = 0.5) =>
    openCertificate({ issue, clock, random: () => random }, { ...request, ...options });
  return { clock, state, open };
}

describe("a certificate", () => {
  test("is renewed after two thirds of its life, give or take a tenth", async () => {
    for (const [random, part] of [
      [0, 2 / 3 - 0.1],
      [0.5, 2 / 3],
      [1, 2 / 3 + 0.1],
    ] as const) {
      const { clock, state, open } = fakeEngine();
      const handle = await open({}, random);
      await clock.advance(hourMs * part - 60_000);
      expect(handle.current().generation).toBe(1);
      await clock.advance(120_000);
      expect(handle.current()).toMatchObject({ generation: 2, serialNumber: "2" });
      expect(state.issued).toBe(2);
      handle.close();
    }
  });

  test("lives on through an outage, with tries inside the time that is left", async () => {
    const { clock, state, open } = fakeEngine();
    const failures: unknown[] = [];
    const handle = await open({ onRenewalFailed: (error: unknown) => failures.push(error) });
    state.failing = true;
    await clock.advance(hourMs - 60_000);
    expect(handle.current().generation).toBe(1);
    expect(failures.length).toBeGreaterThan(5);
    state.failing = false;
    await clock.advance(60_000 - 1);
    expect(handle.current().generation).toBe(2);
    handle.close();
  });

  test("that has ended is never handed out, and comes back when the backend does", async () => {
    const { clock, state, open } = fakeEngine();
    const handle = await open();
    state.failing = true;
    await clock.advance(hourMs + 1);
    const error = await failureOf((async () => handle.current())(), canary);
    expect(error).toMatchObject({ code: "LeaseExpired", reason: "no-valid-certificate" });
    state.failing = false;
    await clock.advance(120_000);
    expect(handle.current().generation).toBe(2);
    handle.close();
  });

  test("asks no more than once a second while it fails", async () => {
    const { clock, state, open } = fakeEngine(10_000);
    const handle = await open();
    state.failing = true;
    state.atMs = [];
    await clock.advance(60_000);
    const gaps = state.atMs.slice(1).map((at, index) => at - (state.atMs[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    handle.close();
  });

  test("of a machine that slept is renewed at the next look", async () => {
    const { clock, open } = fakeEngine();
    const handle = await open();
    clock.jumpWallClock(hourMs * 0.9);
    await clock.advance(60_000);
    expect(handle.current().generation).toBe(2);
    handle.close();
  });

  test("of ten years sets no timer that Node would fire at once", async () => {
    const { clock, state, open } = fakeEngine(10 * 365 * 24 * hourMs);
    const handle = await open();
    await clock.advance(600_000);
    expect(state.issued).toBe(1);
    handle.close();
    expect(clock.pendingTimers).toBe(0);
  });

  test("goes to servers and agents, whole, and an old key is erased", async () => {
    const { clock, open } = fakeEngine();
    const handle = await open();
    const given: object[] = [];
    const agent = { options: { keepAlive: true } };
    const letGo = handle.serve({ setSecureContext: (context) => void given.push(context) });
    handle.identify(agent);
    const first = handle.current();
    await clock.advance(hourMs * 0.7);
    expect(given).toEqual([
      { key: `${canary.value}-1`, cert: "certificate 1\nintermediate\n", ca: "root\n" },
      { key: `${canary.value}-2`, cert: "certificate 2\nintermediate\n", ca: "root\n" },
    ]);
    expect(agent.options).toMatchObject({ keepAlive: true, key: `${canary.value}-2` });
    expect(() => first.privateKey.text()).toThrow(/disposed|closed/iu);
    letGo();
    await clock.advance(hourMs * 0.7);
    expect(given).toHaveLength(2);
    handle.close();
  });

  test("is renewed also when a listener throws", async () => {
    const { clock, open } = fakeEngine();
    const failures: unknown[] = [];
    const handle = await open({ onRenewalFailed: (error: unknown) => failures.push(error) });
    handle.onRenew(() => {
      throw new Error("mine");
    });
    let told = 0;
    handle.onRenew(() => (told += 1));
    await clock.advance(hourMs * 1.5);
    expect(told).toBe(2);
    expect(failures).toHaveLength(2);
    handle.close();
  });

  test("is erased when its handle is closed, and nothing goes on", async () => {
    const { clock, state, open } = fakeEngine();
    const handle = await open();
    const { privateKey } = handle.current();
    handle.close();
    handle.close();
    expect(() => privateKey.text()).toThrow();
    expect(() => handle.current()).toThrow(/closed/u);
    await clock.advance(hourMs * 3);
    expect(state.issued).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([0, 0.05, 0.95, Number.NaN])("cannot be renewed after %s of its life", async (part) => {
    const { state, open } = fakeEngine();
    const error = await failureOf(open({ renewAfter: part }), canary);
    expect(error).toMatchObject({ code: "InvalidValue", field: "renewAfter" });
    expect(state.issued).toBe(0);
  });
});
