import fc from "fast-check";
import { expect, test } from "vitest";
import { toHistory, type NativeVersion } from "../../src/secrets/history.js";
import { createVersionId } from "../../src/secrets/version-id.js";

/** Versions as AWS would have them after some writes, in no order, dated with the same second. */
class Secret {
  readonly versions: NativeVersion[] = [];
  readonly wasCurrent: string[] = [];
  #timeMs = 1_000;

  put(options: { readonly replaces?: string; readonly loses?: boolean } = {}): string {
    this.#timeMs += 1;
    const { replaces, loses = false } = options;
    const id = createVersionId({ kind: "text", empty: false, replaces }, this.#timeMs);
    this.versions.unshift({ id, createdAt: new Date(0), stages: [] });
    if (!loses) this.wasCurrent.unshift(id);
    return id;
  }

  labelled(): NativeVersion[] {
    const [current, previous] = this.wasCurrent;
    return this.versions
      .map((version) => ({
        ...version,
        stages:
          version.id === current ? ["AWSCURRENT"] : version.id === previous ? ["AWSPREVIOUS"] : [],
      }))
      .sort((a, b) => (a.id.slice(-6) < b.id.slice(-6) ? -1 : 1));
  }
}

function ids(versions: readonly NativeVersion[]): string[] {
  return versions.map(({ id }) => id);
}

test("a history is newest first by AWS's time, whatever the writers' clocks say", () => {
  const old = createVersionId({ kind: "text", empty: false }, 9_000);
  const young = createVersionId({ kind: "text", empty: false }, 1);
  const history = toHistory([
    { id: old, createdAt: new Date(1_000), stages: [] },
    { id: "other-tool", createdAt: new Date(2_000), stages: ["AWSPREVIOUS"] },
    { id: young, createdAt: new Date(3_000), stages: ["AWSCURRENT"] },
  ]);
  expect(ids(history)).toEqual([young, "other-tool", old]);
});

test("check-and-sets that lost are left out, however many writes follow", () => {
  const step = fc.record({ losers: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const secret = new Secret();
      let current = secret.put();
      for (const { losers } of steps) {
        const replaces = current;
        for (let n = 0; n < losers; n += 1) secret.put({ replaces, loses: true });
        current = secret.put({ replaces });
      }
      expect(ids(toHistory(secret.labelled()))).toEqual(secret.wasCurrent);
    }),
  );
});

test("no version that was current is ever left out, also between plain writes", () => {
  const step = fc.record({
    conditional: fc.boolean(),
    losers: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
      const secret = new Secret();
      let current = secret.put();
      for (const { conditional, losers } of steps) {
        const replaces = current;
        for (let n = 0; n < losers; n += 1) secret.put({ replaces, loses: true });
        current = secret.put(conditional ? { replaces } : {});
      }
      expect(ids(toHistory(secret.labelled()))).toEqual(expect.arrayContaining(secret.wasCurrent));
    }),
  );
});

test("a check-and-set that broke off does not show while what it was to replace has a label", () => {
  const secret = new Secret();
  const first = secret.put();
  const lost = secret.put({ replaces: first, loses: true });
  expect(ids(toHistory(secret.labelled()))).toEqual([first]);
  const second = secret.put();
  expect(ids(toHistory(secret.labelled()))).toEqual([second, first]);
  const third = secret.put();
  expect(ids(toHistory(secret.labelled()))).toEqual([third, second, lost, first]);
});
