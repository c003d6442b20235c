import type {
  PolicyIdentity,
  PolicyOperation,
  PolicyQuestion,
} from "@kinko/provider-vault/policies";
import type { ArgumentSpec, CommandContext, OptionSpec } from "../command.js";
import { usageError } from "../errors.js";
import { durationOf } from "../input/option-values.js";
import { readFileBytes } from "../input/read-bytes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { policyFileError } from "./errors.js";
import { loadPolicies, loadPolicyCode, policyOption } from "./load-policies.js";

/** What is asked of the simulator; operations are written out, as help must not load it. */
export const questionArguments: readonly ArgumentSpec[] = [
  {
    name: "OPERATION",
    description: "what the request does",
    choices: [
      "create",
      "read",
      "update",
      "delete",
      "list",
      "patch",
      "recover",
      "revoke",
      "renew",
      "rollback",
      "help",
    ],
  },
  { name: "PATH", description: "the path below /v1/, such as secret/data/app" },
];

export const questionOptions: readonly OptionSpec[] = [
  policyOption,
  {
    name: "identity",
    value: "FILE",
    description: "whose token it is, for templates: entity and groups, in YAML or JSON",
    completes: "file",
  },
  {
    name: "parameter",
    value: "NAME[=VALUE]",
    repeatable: true,
    description: "a field of the request's body",
  },
  { name: "wrap-ttl", value: "TIME", description: "the answer is to be wrapped, for so long" },
];

/** The question of a command line. @throws CliError */
export async function questionOf(
  context: CommandContext,
  input: ParsedInput,
): Promise<PolicyQuestion> {
  const [operation, path] = input.args as [PolicyOperation, string];
  const paths = input.list("policy");
  if (paths.length === 0)
    throw usageError(
      "There is no policy to ask.",
      "missing-policy",
      "Add --policy PATH for each policy of the token.",
    );
  const file = input.text("identity");
  const identity = file === undefined ? undefined : await readIdentityFile(context, file);
  return {
    policies: await loadPolicies(context, paths),
    operation,
    path,
    identity,
    parameters: parametersOf(input),
    wrapTtlSeconds: durationOf(input, "wrap-ttl"),
    nowMs: context.io.clock.now(),
  };
}

async function readIdentityFile({ io }: CommandContext, file: string): Promise<PolicyIdentity> {
  const { parsePolicyIdentity, PolicyTestFileError } = await loadPolicyCode();
  try {
    return await parsePolicyIdentity((await readFileBytes(io, file)).toString("utf8"));
  } catch (error) {
    throw error instanceof PolicyTestFileError ? policyFileError([{ file, error }]) : error;
  }
}

function parametersOf(input: ParsedInput): Readonly<Record<string, string>> {
  return Object.fromEntries(
    input.list("parameter").map((text) => {
      const at = text.indexOf("=");
      return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
