import fc from "fast-check";
import {
  capabilities,
  type ControlGroupFactor,
  type ParameterValue,
  type PolicyDocument,
  type PolicyRule,
} from "../../src/policies/index.js";

/** Texts with all that could end a string, start another rule, or mean something to HCL. */
export const hostileText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "\\",
        "\n",
        "\r",
        "\t",
        "\0",
        "${",
        "}",
        "{",
        "$",
        '" {}\npath "x" { capabilities = ["sudo"] }\n#',
        "*/",
        "<<EOF\n",
        "\u2028",
        "\uFEFF",
        "\uFFFD",
        "\uE123",
        "__proto__",
        "é",
        "😀",
        "a",
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join("")),
);

const path = fc
  .oneof(
    hostileText.filter((text) => !/\{\{|\}\}/u.test(text)),
    fc
      .array(
        fc.constantFrom("secret", "data", "+", "app", "b*", "{{identity.entity.name}}", "", "x"),
        { minLength: 1, maxLength: 5 },
      )
      .map((parts) => parts.join("/")),
  )
  .filter((text) => !text.includes("+*"));

const capability = fc.constantFrom(...capabilities);
const scalar: fc.Arbitrary<ParameterValue> = fc.oneof(
  hostileText,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);
const value: fc.Arbitrary<ParameterValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(hostileText, scalar, { maxKeys: 2, noNullPrototype: false }),
  },
);
const parameters = fc.dictionary(hostileText, fc.array(value, { maxLength: 3 }), { maxKeys: 3 });
const texts = fc.array(hostileText, { minLength: 1, maxLength: 3 });
const comments = fc.array(
  fc.string({ maxLength: 10 }).map((text) => text.trim().replace(/^[#/*\s]+/u, "")),
  { minLength: 1, maxLength: 2 },
);

const factors: fc.Arbitrary<ControlGroupFactor[]> = fc.uniqueArray(
  fc.record({
    name: hostileText,
    groupIds: texts,
    groupNames: fc.array(hostileText, { maxLength: 2 }),
    approvals: fc.integer({ min: 1, max: 9 }),
    controlledCapabilities: fc.constant([]),
  }),
  { minLength: 1, maxLength: 2, selector: ({ name }) => name },
);

const open: fc.Arbitrary<PolicyRule> = fc.record(
  {
    path,
    capabilities: fc.uniqueArray(
      capability.filter((name) => name !== "deny"),
      { maxLength: 4 },
    ),
    legacyPolicy: fc.constantFrom("read", "write", "sudo"),
    allowedParameters: parameters,
    deniedParameters: parameters,
    requiredParameters: texts,
    minWrappingTtlSeconds: fc.integer({ min: 1, max: 60 }),
    maxWrappingTtlSeconds: fc.oneof(fc.integer({ min: 60, max: 9000 }), fc.constant(90.5)),
    mfaMethods: texts,
    controlGroup: fc.record({ ttlSeconds: fc.integer({ min: 1, max: 99 }), factors }),
    subscribeEventTypes: texts,
    comment: hostileText,
    comments,
  },
  { requiredKeys: ["path", "capabilities"] },
);
const denying: fc.Arbitrary<PolicyRule> = fc.record(
  {
    path,
    capabilities: fc.constantFrom(["deny" as const], ["read" as const, "deny" as const]),
    comments,
  },
  { requiredKeys: ["path", "capabilities"] },
);

/** Any policy that Vault takes. */
export const policyDocument: fc.Arbitrary<PolicyDocument> = fc.record(
  {
    name: hostileText,
    rules: fc.array(fc.oneof({ weight: 5, arbitrary: open }, { weight: 1, arbitrary: denying }), {
      maxLength: 4,
    }),
    comments,
  },
  { requiredKeys: ["rules"] },
);
