import type { Capability, PolicyPosition } from "../model.js";
import type { DecisionReason } from "../simulate/decide.js";
import type { PolicyIdentity } from "../simulate/identity.js";
import type { PolicyOperation } from "../simulate/operations.js";
import type { RequestParameters } from "../simulate/parameters.js";

/** A request, and whether it is to be allowed. */
export interface PolicyTestCheck {
  readonly operation: PolicyOperation;
  readonly path: string;
  readonly allowed: boolean;
  /** Why it is to be denied; absent: for whatever reason. */
  readonly reason?: DecisionReason;
  readonly parameters?: RequestParameters;
  readonly wrapTtlSeconds?: number;
  /** Where it stands in the file. */
  readonly position: PolicyPosition;
}

/** Exactly what `sys/capabilities` is to answer for a path. */
export interface PolicyTestCapabilities {
  readonly path: string;
  readonly capabilities: readonly Capability[];
  readonly position: PolicyPosition;
}

/** What a token with these policies may do. */
export interface PolicyTest {
  readonly name: string;
  /** Names of the token's policies; at least one. */
  readonly policies: readonly { readonly name: string; readonly position: PolicyPosition }[];
  /** What templates are filled in with. */
  readonly identity?: PolicyIdentity;
  /** Milliseconds since 1970, for templates with the time. */
  readonly nowMs?: number;
  readonly checks: readonly PolicyTestCheck[];
  readonly capabilities: readonly PolicyTestCapabilities[];
  readonly position: PolicyPosition;
}

/** A `*.policy-test.yaml`. */
export interface PolicyTestFile {
  /** Files of policies by their names, relative to this one. A name that is not here is that of a file beside it. */
  readonly policyFiles: ReadonlyMap<string, string>;
  readonly tests: readonly PolicyTest[];
  readonly text: string;
}
