import { describe, expect, test } from "vitest";
import { Secret, type Clock, type IssuedLease } from "../../src/index.js";
import { FakeBackend } from "./fake-backend.js";
import { setUp } from "./support.js";

const path = "database/static-creds/app";

const periodMs = 10_000;

/** A role whose password changes every ten seconds; its time is told in whole seconds, as by Vault. */
class StaticBackend extends FakeBackend {
  readonly #clock: Clock;
  readonly #bornMs: number;

  constructor(clock: Clock, bornMs: number) {
    super(clock);
    this.#clock = clock;
    this.#bornMs = bornMs;
  }

  /** How often the password has been changed. */
  get turn(): number {
    return Math.floor((this.#clock.monotonicMs() + this.#bornMs) / periodMs);
  }

  override async issue(): Promise<IssuedLease> {
    await this.#clock.sleep(50);
    const leftMs = periodMs - ((this.#clock.monotonicMs() + this.#bornMs) % periodMs);
    const secret = Secret.json({ username: "app", password: `password ${this.turn}` });
    await this.#clock.sleep(50);
    return { id: "", secret, durationSeconds: Math.floor(leftMs / 1_000), renewable: false };
  }
}

describe("a static role", () => {
  const cases = [0, 0.5, 0.999].flatMap((random) =>
    [0, 1_234, 8_050, 9_400, 9_999].map((bornMs) => ({ random, bornMs })),
  );

  test.each(cases)(
    "is followed through its changes, and its password never missing ($random, $bornMs)",
    async ({ random, bornMs }) => {
      const { clock, manager, backend, types } = setUp(
        {},
        { random: () => random },
        (its) => new StaticBackend(its, bornMs),
      );
      const acquiring = manager.acquire({ path });
      await clock.advance(100);
      const handle = await acquiring;
      const { turn } = backend as StaticBackend;
      for (let passedMs = 0; passedMs < 6 * periodMs; passedMs += 50) {
        await clock.advance(50);
        expect(() => handle.current(), `after ${passedMs} ms`).not.toThrow();
      }
      expect(types()).not.toContain("lost");
      expect(types().filter((type) => type === "rotated").length).toBeGreaterThanOrEqual(5);
      expect((backend as StaticBackend).turn).toBe(turn + 6);
    },
  );
});
