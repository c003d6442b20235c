import type { EngineMeaning } from "../../engine/engine-calls.js";

/** What Vault 1.21.1 says about policies. */
export const policyMeanings: readonly EngineMeaning[] = [
  {
    pattern: /cannot (?:update|delete) "?[\w-]+"? policy/u,
    code: "InvalidValue",
    reason: "protected-policy",
    field: "name",
    what: "Vault does not let this policy be changed so.",
    advice:
      "Leave it out: root and Vault's own policies stay as they are, and default stays there.",
  },
  {
    pattern: /failed to parse policy|path "[^"]*": invalid|error parsing/u,
    code: "InvalidValue",
    reason: "policy-syntax",
    field: "policy",
    what: "Vault does not take the text of this policy.",
    advice: "Look at it with kinko policy lint.",
  },
];
