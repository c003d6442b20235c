import { describe, expect, test } from "vitest";
import { inOrder, makeChange } from "../../src/policies/plan/make-change.js";
import { readPolicyPlan } from "../../src/policies/index.js";

const reads = 'path "secret/data/app/*" { capabilities = ["read"] }';
const denies = 'path "secret/data/app/*" { capabilities = ["deny"] }';
/** Vault may take it one day; Kinko cannot say what it allows. */
const unreadable = 'path "secret/data/app/*" { capabilities = ["read", "teleport"] }';

const needsConfirmation = (before: string | undefined, after: string | undefined) =>
  makeChange("app", before, after, [])?.needsConfirmation;

describe("what needs a confirmation", () => {
  test.each([
    ["a new policy that grants something, as somebody may have its name already", undefined, reads],
    ["a removal, which can lift a deny", denies, undefined],
    ["what grants more", 'path "a" { capabilities = ["list"] }', reads],
    ["a deny that is lifted", denies, 'path "a" { capabilities = ["deny"] }'],
    ["a text of the server that cannot be read", unreadable, denies],
    ["a new text that cannot be read, which may grant anything", reads, unreadable],
    ["a new policy that cannot be read", undefined, unreadable],
  ])("is %s", (_what, before, after) => {
    expect(needsConfirmation(before, after)).toBe(true);
  });

  test.each([
    ["a new policy that only denies", undefined, denies],
    ["a new policy that says nothing", undefined, "# nothing yet"],
    ["what grants less", reads, denies],
  ])("is not %s", (_what, before, after) => {
    expect(needsConfirmation(before, after)).toBe(false);
  });
});

test("what only closes goes first, new or not; then what is new, what opens, and removals", () => {
  const changes = [
    makeChange("a-removed", reads, undefined, []),
    makeChange("b-opened", denies, reads, []),
    makeChange("c-new", undefined, reads, []),
    makeChange("d-denying", undefined, denies, []),
    makeChange("e-closed", reads, denies, []),
  ].filter((change) => change !== undefined);
  expect(inOrder(changes).map(({ name }) => name)).toEqual([
    "d-denying",
    "e-closed",
    "c-new",
    "b-opened",
    "a-removed",
  ]);
});

describe("a plan of a file", () => {
  const planOf = (before: string | undefined, after: string | undefined): unknown => ({
    format: "kinko-policy-plan/1",
    changes: [{ name: "app", before, after }],
  });

  test("is refused for a new text that cannot be read, by the policy's name and the place", () => {
    for (const before of [reads, undefined])
      expect(() => readPolicyPlan(planOf(before, unreadable))).toThrow(
        expect.objectContaining({
          code: "InvalidValue",
          reason: "policy-syntax",
          field: "after",
          ref: "app",
          message: expect.stringContaining("line 1, column 43") as string,
        }),
      );
  });

  test("may replace or remove a policy of the server that cannot be read, and asks for that", () => {
    for (const after of [denies, undefined])
      expect(readPolicyPlan(planOf(unreadable, after)).changes).toMatchObject([
        { name: "app", needsConfirmation: true },
      ]);
  });
});
