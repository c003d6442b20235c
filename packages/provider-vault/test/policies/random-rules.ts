import fc from "fast-check";
import { capabilities, type PolicyRule } from "../../src/policies/index.js";

// Few names, so that patterns meet and compete.
const name = fc.constantFrom("a", "b", "ab", "abc", "é", "a b", "+a", "*");
const template = fc.constantFrom(
  "{{identity.entity.id}}",
  "{{identity.entity.name}}",
  "{{ identity.entity.metadata.team }}",
  "{{identity.entity.metadata.none}}",
  "{{identity.entity.metadata}}",
  "{{identity.entity.aliases.ACCESSOR.name}}",
  "{{identity.entity.aliases.ACCESSOR.metadata.x}}",
  "{{identity.entity.aliases.other.name}}",
  "{{identity.groups.names.GROUP.id}}",
  "{{identity.groups.names.GROUP.name}}",
  "{{identity.groups.names.GROUP.metadata.zone}}",
  "{{identity.groups.names.nobody.id}}",
  "{{identity.groups.ids.GROUPID.name}}",
  "{{identity.unknown}}",
);
const segment = fc.oneof(
  { weight: 6, arbitrary: name },
  { weight: 4, arbitrary: fc.constant("+") },
  { weight: 1, arbitrary: template },
  { weight: 1, arbitrary: fc.constant("") },
);
const tail = fc.constantFrom("", "", "*", "/*", "/", "a*", "/+", "/ab*");
const rulePath = fc
  .tuple(fc.constantFrom("", "", "", "/"), fc.array(segment, { minLength: 1, maxLength: 4 }), tail)
  .map(([slash, segments, end]) => `${slash}${segments.join("/")}${end}`)
  .filter((path) => !path.includes("+*"));

/** What a rule grants; one in eight denies. */
const granted = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.uniqueArray(fc.constantFrom(...capabilities.slice(1)), { maxLength: 4 }),
  },
  { weight: 1, arbitrary: fc.constant(["read" as const, "deny" as const]) },
);

/** Policies of one token, a list of rules each. */
export const policySets: fc.Arbitrary<readonly (readonly PolicyRule[])[]> = fc.array(
  fc.array(fc.record({ path: rulePath, capabilities: granted }), { minLength: 1, maxLength: 8 }),
  { minLength: 1, maxLength: 4 },
);

/** A path that is asked for; VALUE stands for what templates are filled in with. */
export const askedPath = fc
  .tuple(
    fc.constantFrom("", "", "", "/"),
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: name },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "VALUE0",
            "VALUE1",
            "VALUE2",
            "VALUE3",
            "VALUE4",
            "VALUE5",
            "",
            "+",
          ),
        },
      ),
      { minLength: 1, maxLength: 5 },
    ),
    fc.constantFrom("", "", "/"),
  )
  .map(([slash, segments, end]) => `${slash}${segments.join("/")}${end}`)
  .filter((path) => path.trim() !== "");
