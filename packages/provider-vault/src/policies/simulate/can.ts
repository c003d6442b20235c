import type { Capability } from "../model.js";
import { compilePolicies, type CompileOptions, type NamedPolicy } from "./compile.js";
import type { Decision, PolicyRequest } from "./decide.js";

/** Policies, whose they are, and what is asked. */
export interface PolicyQuestion extends PolicyRequest, CompileOptions {
  readonly policies: readonly NamedPolicy[];
}

/**
 * Whether Vault would allow a request, in process. For many questions compile once:
 * {@link compilePolicies}.
 *
 * @example
 * can({ policies, operation: "read", path: "secret/data/prod/app/db", identity }).allowed;
 */
export function can(question: PolicyQuestion): Decision {
  return compilePolicies(question.policies, question).can(question);
}

/** What `sys/capabilities` would answer for one path, in its order. */
export function capabilitiesFor(
  policies: readonly NamedPolicy[],
  path: string,
  options?: CompileOptions,
): readonly (Capability | "root")[] {
  return compilePolicies(policies, options).capabilities(path);
}
