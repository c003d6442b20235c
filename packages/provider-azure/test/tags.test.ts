import { FakeClock } from "@kinko/testing";
import { describe, expect, it } from "vitest";
import { maxTags } from "../src/limits.js";
import { checkTags, orderTag, visibleTags, WriteOrder } from "../src/secrets/tags.js";
import { compareVersions } from "../src/secrets/versions.js";

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"]));

describe("tags", () => {
  it("take what Key Vault takes, less Kinko's own", () => {
    expect(() => checkTags({ ...many(maxTags), tag0: "t".repeat(256) })).not.toThrow();
  });

  it.each([
    ["too many", many(maxTags + 1)],
    ["an empty name", { "": "x" }],
    ["a name too long", { ["n".repeat(257)]: "x" }],
    ["a text too long", { a: "x".repeat(257) }],
    ["Kinko's own name", { [orderTag]: "1" }],
    ["a lone surrogate", { a: "\ud800" }],
  ])("refuse %s", (_what, tags) => {
    expect(() => checkTags(tags)).toThrow(
      expect.objectContaining({ code: "InvalidValue", reason: "invalid-tag" }),
    );
  });

  it("hide Kinko's own, and keep names that mean something to JavaScript", () => {
    const tags = JSON.parse(`{"__proto__":"a","constructor":"b","${orderTag}":"c"}`) as Record<
      string,
      string
    >;
    expect(Object.entries(visibleTags(tags))).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
  });
});

describe("the order of writes", () => {
  it("rises within a millisecond, and when the clock goes back", () => {
    let nowMs = 1_700_000_000_000;
    const clock = Object.assign(new FakeClock(), { now: () => nowMs });
    const order = new WriteOrder(clock);
    const marks = [0, 0, 1, -5_000, 2].map((step) => {
      nowMs += step;
      return order.mark({})[orderTag] ?? "";
    });
    expect(marks).toEqual(marks.toSorted());
    expect(new Set(marks).size).toBe(marks.length);
  });

  it("is left out where 15 tags of others leave no room", () => {
    const order = new WriteOrder(new FakeClock());
    expect(order.mark(many(15))).toEqual(many(15));
    expect(Object.keys(order.mark(many(14)))).toHaveLength(15);
  });

  it("decides only within one second of Key Vault", () => {
    const version = (
      seconds: number,
      mark?: string,
      id = "a",
    ): Parameters<typeof compareVersions>[0] => ({
      name: "n",
      vaultUrl: "v",
      version: id,
      createdOn: new Date(seconds * 1_000),
      ...(mark === undefined ? {} : { tags: { [orderTag]: mark } }),
    });
    const old = version(1, "9");
    const first = version(2, "1");
    const second = version(2, "2");
    const unmarked = version(2, undefined, "b");
    expect([unmarked, first, old, second].toSorted(compareVersions)).toEqual([
      second,
      first,
      unmarked,
      old,
    ]);
  });
});
