import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createVersionId,
  parseVersionId,
  versionFingerprint,
} from "../../src/secrets/version-id.js";

const kind = fc.constantFrom("text" as const, "json" as const, "binary" as const);
const timeMs = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });

test("an id tells kind, emptiness, time and what it replaces, in the length that AWS takes", () => {
  fc.assert(
    fc.property(
      kind,
      fc.boolean(),
      timeMs,
      fc.option(fc.string(), { nil: undefined }),
      (...drawn) => {
        const [kindDrawn, isEmpty, nowMs, replaces] = drawn;
        // There is no empty JSON.
        const empty = isEmpty && kindDrawn !== "json";
        const id = createVersionId({ kind: kindDrawn, empty, replaces }, nowMs);
        expect(id).toMatch(/^[a-z0-9-]{32,64}$/u);
        expect(parseVersionId(id)).toEqual({
          kind: kindDrawn,
          empty,
          writtenAtMs: nowMs,
          parent: replaces === undefined ? undefined : versionFingerprint(replaces),
        });
      },
    ),
  );
});

test("two ids are never the same", () => {
  const ids = Array.from({ length: 1_000 }, () =>
    createVersionId({ kind: "text", empty: false }, 0),
  );
  expect(new Set(ids).size).toBe(1_000);
});

test("ids of other tools tell nothing", () => {
  const id = createVersionId({ kind: "text", empty: false }, 0);
  const foreign = [
    "",
    "12345678-1234-1234-1234-123456789012",
    `${id}x`,
    `x${id}`,
    id.toUpperCase(),
  ];
  for (const other of foreign) expect(parseVersionId(other), other).toBeUndefined();
});
