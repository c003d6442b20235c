import type { KvRules } from "@kinko/provider-vault";
import type { OptionSpec } from "../command.js";
import { durationOf, numberOf, yesOrNo } from "../input/option-values.js";
import type { ParsedInput } from "../input/parse-arguments.js";

/** Rules of KV version 2. */
export const ruleOptions: readonly OptionSpec[] = [
  { name: "max-versions", value: "NUMBER", description: "versions that are kept" },
  {
    name: "cas-required",
    value: "yes|no",
    description: "only check-and-set writes",
    choices: ["yes", "no"],
  },
  { name: "delete-after", value: "TIME", description: "life of a version; 0 is for ever" },
];

/** The rules that the command line gives. */
export function rulesOf(input: ParsedInput): KvRules {
  return {
    maxVersions: numberOf(input, "max-versions"),
    casRequired: yesOrNo(input, "cas-required"),
    deleteVersionAfterSeconds: durationOf(input, "delete-after"),
  };
}
