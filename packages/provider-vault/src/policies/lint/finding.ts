import type { PolicyPosition } from "../model.js";

/** What a check is called. */
export type LintCode =
  | "broad-glob"
  | "sudo-granted"
  | "root-path"
  | "kv2-path"
  | "shadowed-rule"
  | "unreachable-rule"
  | "useless-deny"
  | "list-missing"
  | "duplicate-path"
  | "unknown-template"
  | "legacy-policy"
  | "nothing-granted"
  | "deny-with-others"
  | "number-parameter"
  | "syntax";

/** `error`: Vault refuses it, or it does not do what it says. `warning`: likely wrong. `info`: could be better. */
export type LintSeverity = "error" | "warning" | "info";

export interface LintFinding {
  readonly code: LintCode;
  readonly severity: LintSeverity;
  /** One sentence on what is found. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  /** The rule's path; absent for a text that is no policy. */
  readonly path?: string;
  /** Where, if the policy was read from a text. */
  readonly position?: PolicyPosition;
}

export interface LintOptions {
  /** Mounts of KV version 2, such as `secret`; those at other paths are not known to be such. Default: none. */
  readonly kv2Mounts?: readonly string[];
}
