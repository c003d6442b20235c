import type { VaultCallOptions } from "../../engine/engine-calls.js";
import type { DecisionChange } from "../compare/decision-changes.js";
import type { JointOpening } from "../compare/compare-together.js";
import type { RuleChange } from "../compare/compare-policies.js";
import type { PolicyDocument } from "../model.js";

/** A policy as it should be on the server. */
export interface WantedPolicy {
  /** Lower-case, as Vault keeps names. */
  readonly name: string;
  /** HCL or JSON, written to Vault as it is; or a document, written as HCL. */
  readonly policy: string | PolicyDocument;
}

/** One policy that a plan changes. */
export interface PolicyChange {
  readonly name: string;
  readonly action: "create" | "change" | "remove";
  /** The server's text when the plan was made; absent for a new policy. */
  readonly before?: string;
  /** The text that is written; absent for a removal. */
  readonly after?: string;
  /** The rules that differ. */
  readonly rules: readonly RuleChange[];
  /** What a token with just this policy may do after, and could not before, and the other way round. */
  readonly decisions: readonly DecisionChange[];
  /** What it opens besides for a token that has another policy of the server, too. */
  readonly together: readonly JointOpening[];
  /**
   * Removals, and what opens something or lifts a deny: they need a confirmation. So does a new policy
   * that grants something, as tokens, roles and groups may have its name already, and a change of a
   * text that cannot be read.
   */
  readonly needsConfirmation: boolean;
}

/** What would make the server's policies the wanted ones. Plain data: it may be kept as JSON and applied later. */
export interface PolicyPlan {
  readonly format: "kinko-policy-plan/1";
  /** The cluster that it was made for; absent where Vault did not say. */
  readonly clusterId?: string;
  /** In the order in which they are applied. */
  readonly changes: readonly PolicyChange[];
  /** Names of policies that say the same on both sides. */
  readonly unchanged: readonly string[];
  /** On the server, not among the wanted ones, and left alone. Without `root`, `default` and those of Vault's own. */
  readonly unmanaged: readonly string[];
}

/** What an apply needs of a plan; the rest is found out anew. */
export interface ApplicablePlan extends Pick<PolicyPlan, "format" | "clusterId"> {
  readonly changes: readonly Pick<PolicyChange, "name" | "before" | "after">[];
}

export interface PlanOptions extends VaultCallOptions {
  /** Remove what is on the server and not wanted. Default false. */
  readonly prune?: boolean | undefined;
  /** Must hold `default` if that one is to be changed: every token has it. Default none. */
  readonly include?: readonly string[] | undefined;
}

export interface ApplyOptions extends VaultCallOptions {
  /**
   * Names of the changes that need a confirmation; one that is missing refuses all, but not a dry run.
   * Default none.
   */
  readonly confirm?: readonly string[] | undefined;
  /** As for the plan. */
  readonly include?: readonly string[] | undefined;
  /** All checks, and no change. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Told of each change when it is done and read back; the next one waits for it. */
  readonly onApplied?: ((name: string) => void | Promise<void>) | undefined;
}

/** What an apply did. */
export interface ApplyReport {
  /** Names written or removed now; with `dryRun`, those that would be. */
  readonly applied: readonly string[];
  /** Names that were so already: an apply that was cut off goes on where it ended. */
  readonly already: readonly string[];
  /**
   * Of the plan, what is not so already, compared with the server as it is now: what it opens together
   * with other policies is found there, whatever the plan says.
   */
  readonly changes: readonly PolicyChange[];
  /** Of `applied`, those that need a confirmation: removals, and what opens something, new policies too. */
  readonly needsConfirmation: readonly string[];
}

/** A policy on the server. */
export interface StoredPolicy {
  readonly name: string;
  /** As it was written. */
  readonly text: string;
  /** The text as a document; absent for one that Vault 1.21 would not take. */
  readonly policy?: PolicyDocument;
}

/** ACL policies of the server, and bringing them to where they should be. */
export interface PoliciesCapability {
  /** Names, sorted. */
  list(options?: VaultCallOptions): Promise<readonly string[]>;
  /** @throws NotFoundError */
  read(name: string, options?: VaultCallOptions): Promise<StoredPolicy>;
  /**
   * Creates or replaces a policy.
   * @throws PolicySyntaxError, or InvalidValueError for `root`, before any request
   */
  write(name: string, policy: string | PolicyDocument, options?: VaultCallOptions): Promise<void>;
  /**
   * Removes a policy; tokens that have its name lose what it granted.
   * @throws InvalidValueError unless `confirm` is the name; NotFoundError, where Vault would say done
   */
  delete(name: string, options: VaultCallOptions & { readonly confirm: string }): Promise<void>;
  /**
   * Compares wanted policies with the server's, by what they say and not by how they are written.
   * Nothing is changed.
   * @throws PolicySyntaxError or InvalidValueError before any request
   */
  plan(wanted: readonly WantedPolicy[], options?: PlanOptions): Promise<PolicyPlan>;
  /**
   * Applies a plan: first what only closes, then what is new and grants something, then other changes that
   * open, removals last, so that no
   * moment allows what neither the old nor the new policies do. Each is compared with the plan right
   * before it is written, and read back. Vault has no check-and-set for policies: between comparing
   * and writing, another writer can still come first.
   *
   * @throws ConflictError (`policy-drift`, `plan-of-other-cluster`) before anything is changed, or
   * later, for what changed meanwhile; InvalidValueError (`not-confirmed`, `invalid-plan`, `policy-syntax`)
   */
  apply(plan: ApplicablePlan, options?: ApplyOptions): Promise<ApplyReport>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    policies: PoliciesCapability;
  }
}
