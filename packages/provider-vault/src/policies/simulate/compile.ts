import type { Capability, PolicyDocument } from "../model.js";
import { patternOf, pathProblem } from "../paths.js";
import { capabilitiesOf } from "./bits.js";
import { decide, type Decision, type PolicyRequest } from "./decide.js";
import type { PolicyIdentity } from "./identity.js";
import { addRule, emptyRule, type MergedRule } from "./merge.js";
import { PathTree } from "./path-tree.js";
import { byPriority } from "./priority.js";
import { fillTemplates } from "./template.js";

/** A policy under its name. The name `root` allows everything, whatever the document says. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: PolicyDocument;
}

export interface CompileOptions {
  /** What templates are filled in with. Default: nobody; templated rules do not apply. */
  readonly identity?: PolicyIdentity | undefined;
  /** Milliseconds since 1970, for templates with the time. Default: now. */
  readonly nowMs?: number | undefined;
  /** Paths that need `sudo`. Default: Vault's own, and those of PKI at `pki/`. */
  readonly rootPaths?: readonly string[] | undefined;
}

/** The state of policies that together make no ACL: Vault refuses every request then. */
export type CompileState = "rules" | "root" | "invalid";

/** A token's policies, ready for many decisions. */
export class CompiledPolicies {
  /** `invalid`: root beside others, or a template whose value makes a path of it that is none. */
  readonly state: CompileState;
  readonly rootPaths: readonly string[] | undefined;
  readonly #rules: readonly MergedRule[];
  readonly #bits: Int32Array;
  readonly #tree = new PathTree();
  /** Ranks from here on are of exact paths. */
  readonly #firstExact: number;

  constructor(policies: readonly NamedPolicy[], options: CompileOptions = {}) {
    const { identity = {}, nowMs = Date.now(), rootPaths } = options;
    this.rootPaths = rootPaths;
    const merged = new Map<string, MergedRule>();
    const valid = policies.every((one) => addPolicy(merged, one, identity, nowMs));
    const hasRoot = policies.some(({ name }) => name === "root");
    this.state =
      !valid || (hasRoot && policies.length > 1) ? "invalid" : hasRoot ? "root" : "rules";
    this.#rules = this.state === "rules" ? byPriority(merged.values()) : [];
    this.#bits = Int32Array.from(this.#rules, ({ bits }) => bits);
    const firstExact = this.#rules.findIndex(({ pattern }) => pattern.kind === "exact");
    this.#firstExact = firstExact < 0 ? this.#rules.length : firstExact;
    for (const [rank, { pattern }] of this.#rules.entries()) this.#tree.add(pattern, rank);
  }

  /** Whether a request is allowed, and by which rules, or what is missing. */
  can(request: PolicyRequest): Decision {
    return decide(this, request);
  }

  /** What `sys/capabilities` answers for a path, in its order. */
  capabilities(path: string): readonly (Capability | "root")[] {
    return this.state === "root" ? ["root"] : capabilitiesOf(this.capabilityBits(path));
  }

  /** The same as bits of {@link capabilityBit}, for many paths: it allocates nothing. 0 without a rule. */
  capabilityBits(path: string): number {
    const rank = this.#rankFor(path, true);
    return rank < 0 ? 0 : (this.#bits[rank] ?? 0);
  }

  /** The rule that decides of a path. Lists also look without the slash at the end. */
  ruleFor(path: string, list: boolean): MergedRule | undefined {
    return this.#rules[this.#rankFor(path, list)];
  }

  #rankFor(path: string, list: boolean): number {
    let start = 0;
    while (path.charCodeAt(start) === slash) start += 1;
    const end = path.length;
    const rank = this.#tree.find(path, start, end);
    if (!list || rank >= this.#firstExact) return rank;
    if (end <= start || path.charCodeAt(end - 1) !== slash) return rank;
    const without = this.#tree.find(path, start, end - 1);
    return without < 0 ? rank : without;
  }
}

const slash = 47;

/**
 * Prepares a token's policies for decisions: templates filled in, rules of one path merged, patterns in
 * one tree. Decisions are those of Vault 1.21 without namespaces.
 *
 * @example
 * const compiled = compilePolicies([{ name: "app", policy: parsePolicy(text) }]);
 * compiled.can({ operation: "read", path: "secret/data/app/db" }).allowed;
 */
export function compilePolicies(
  policies: readonly NamedPolicy[],
  options?: CompileOptions,
): CompiledPolicies {
  return new CompiledPolicies(policies, options);
}

/** Adds a policy's rules; false if one cannot be. */
function addPolicy(
  merged: Map<string, MergedRule>,
  { name, policy }: NamedPolicy,
  identity: PolicyIdentity,
  nowMs: number,
): boolean {
  for (const rule of policy.rules) {
    const path = fillTemplates(rule.path, identity, nowMs);
    if (path === undefined) continue;
    if (pathProblem(path) === "plus-before-star") return false;
    const pattern = patternOf(path);
    const key = `${pattern.kind} ${pattern.text}`;
    const known = merged.get(key) ?? emptyRule(pattern);
    merged.set(key, known);
    addRule(known, { policy: name, rule, path });
  }
  return true;
}
