import fc from "fast-check";
import { isSecretError } from "@kinko/core";
import { expect, test } from "vitest";
import { overrideAgePolicy, writeMfaPolicy } from "../../../src/policies/index.js";
import { parameter } from "./hostile-parameters.js";

test("writes of production want MFA, on every address by which values change", () => {
  expect(writeMfaPolicy({ mfaMethod: "totp" })).toEqual({
    kind: "egp",
    name: "mfa-for-production-writes",
    enforcementLevel: "hard-mandatory",
    paths: [
      "secret/data/production/*",
      "secret/metadata/production/*",
      "secret/delete/production/*",
      "secret/undelete/production/*",
      "secret/destroy/production/*",
      "secret/subkeys/production/*",
    ],
    code: `import "mfa"

# Reads and lists are left to the ACL policies.
writes = ["create", "update", "patch", "delete"]

main = rule when request.operation in writes {
  mfa.methods.totp.valid
}
`,
  });
});

test("tokens of an override end at an age, and pass MFA where a method is named", () => {
  expect(overrideAgePolicy({ maxAgeSeconds: 600, mfaMethod: "totp" })).toEqual({
    kind: "rgp",
    name: "admin-override-age",
    enforcementLevel: "hard-mandatory",
    code: `import "time"
import "mfa"

young = rule {
  time.now.unix - time.load(token.creation_time).unix < 600
}

main = rule {
  young and mfa.methods.totp.valid
}
`,
  });
  expect(overrideAgePolicy().code).not.toContain("mfa");
});

test.each([0, -1, 1.5, Number.NaN, "60" as never])("refuses an age of %s", (maxAgeSeconds) => {
  expect(() => overrideAgePolicy({ maxAgeSeconds })).toThrow(
    expect.objectContaining({ reason: "invalid-ttl", field: "maxAgeSeconds" }),
  );
});

test("no name changes the code around it", () => {
  const plain = writeMfaPolicy({ mfaMethod: "plain" }).code;
  fc.assert(
    fc.property(parameter, (name) => {
      for (const make of [
        () => writeMfaPolicy({ mfaMethod: name }),
        () => overrideAgePolicy({ mfaMethod: name }),
      ])
        try {
          const { code } = make();
          expect(name).toMatch(/^[A-Za-z_]\w*$/u);
          if (code.includes("writes")) expect(code).toBe(plain.replace("plain", name));
        } catch (error) {
          expect(error).toSatisfy((one) => isSecretError(one, "InvalidValue"));
        }
    }),
    { numRuns: 500 },
  );
});
