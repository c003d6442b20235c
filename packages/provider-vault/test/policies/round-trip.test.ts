import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  parsePolicy,
  printPolicy,
  printPolicyJson,
  type PolicyDocument,
} from "../../src/policies/index.js";
import { hostileText, policyDocument } from "./arbitraries.js";

/** A document without positions, and its objects with a prototype. */
function plain(policy: PolicyDocument): unknown {
  return {
    ...policy,
    rules: policy.rules.map(({ position: _position, ...rule }) => rule),
  };
}

describe("a printed policy", () => {
  test("reads back equal, 5,000 of them", () => {
    fc.assert(
      fc.property(policyDocument, (policy) => {
        expect(plain(parsePolicy(printPolicy(policy)))).toEqual(plain(policy));
      }),
      { numRuns: 5_000 },
    );
  });

  test("has as many rules as were given, whatever their paths and values are", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (name, value) => {
        const path = `secret/${name.replaceAll(/\{\{|\}\}|\+/gu, "")}`;
        const rules = [{ path, capabilities: [], allowedParameters: { [value]: [value] } }];
        const read = parsePolicy(printPolicy({ rules })).rules;
        expect(read).toHaveLength(1);
        expect(read[0]?.path).toBe(path);
        expect(read[0]?.capabilities).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("as JSON reads back equal where JSON can hold it", () => {
    fc.assert(
      fc.property(policyDocument, (policy) => {
        const rules = policy.rules.map(
          ({ comments: _comments, allowedParameters, deniedParameters: _denied, ...rule }) => ({
            ...rule,
            ...(allowedParameters && { allowedParameters: { a: ["x", "*y", 3], b: [] } }),
          }),
        );
        const held = policy.name === undefined ? { rules } : { name: policy.name, rules };
        expect(plain(parsePolicy(printPolicyJson(held)))).toEqual(plain(held));
      }),
      { numRuns: 1_000 },
    );
  });
});
