import type { NormalProfile } from "../profile/values.js";
import {
  chooseIsolation,
  chooseTokenType,
  type IsolationChoice,
  type TokenType,
} from "./access.js";
import {
  chooseNodeCount,
  chooseSeal,
  chooseStorage,
  type NodeCountChoice,
  type SealChoice,
  type StorageChoice,
} from "./cluster.js";
import { type Choice, choosePattern, type PatternChoice } from "./pattern.js";
import { planPolicies, type PlannedPolicy } from "./policies.js";

/** What the Vault to be adopted looks like. */
export interface Shape {
  readonly pattern: PatternChoice;
  readonly storage: StorageChoice;
  readonly nodes: NodeCountChoice;
  readonly seal: SealChoice;
  readonly isolation: IsolationChoice;
  readonly tokens: Choice<TokenType>;
  readonly policies: readonly PlannedPolicy[];
}

/** Shapes the Vault that fits a profile; every choice carries its reasons and assumptions. */
export function shapeFor(profile: NormalProfile): Shape {
  return {
    pattern: choosePattern(profile),
    storage: chooseStorage(profile),
    nodes: chooseNodeCount(profile),
    seal: chooseSeal(profile),
    isolation: chooseIsolation(profile),
    tokens: chooseTokenType(profile),
    policies: planPolicies(profile),
  };
}
