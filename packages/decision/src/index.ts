export type { Alternative, AlternativeId } from "./advice/alternatives.js";
export type { Isolation, IsolationChoice, TokenType } from "./advice/access.js";
export type {
  NodeCountChoice,
  SealChoice,
  SealType,
  StorageBackend,
  StorageChoice,
  StorageOption,
} from "./advice/cluster.js";
export {
  type Choice,
  type IntegrationPatternId,
  type PatternChoice,
  type PatternTradeOff,
  patternTradeOffs,
} from "./advice/pattern.js";
export type {
  PlannedPolicy,
  PlannedRule,
  PolicyCapability,
  PolicyConditions,
  PolicyPreset,
} from "./advice/policies.js";
export type { Shape } from "./advice/shape.js";
export type { Comparison } from "./criteria/definitions.js";
export type { CriterionResult, CriterionThreshold, ObservedValue } from "./criteria/evaluate.js";
export {
  adoptCriterionIds,
  avoidCriterionIds,
  type CriterionId,
  criterionIds,
  type CriterionSide,
  type CriterionState,
  type CriterionStates,
} from "./criteria/ids.js";
export { type CriterionAnswer, criterionAnswers } from "./criteria/resolve.js";
export { decide, decisionFormat, type Decision, type DecideOptions } from "./decide.js";
export { ProfileError, type ProfileErrorSubject, type ProfileIssue } from "./errors.js";
export { mergeProfiles, parseProfile, profileJsonSchema } from "./profile/parse-profile.js";
export {
  type Answer,
  type CloudName,
  cloudNames,
  type EvidencedAnswer,
  type NormalAnswer,
  type NormalProfile,
  type OrchestratorName,
  orchestratorNames,
  type Profile,
  type ProfileField,
  profileFields,
  type ProfileValues,
} from "./profile/values.js";
export { parseAnswerText, type Question, type QuestionKind, questions } from "./questions.js";
export { checkDecision, type DecisionCheck, type DecisionDifference } from "./record/check.js";
export { type DecisionRecord, toJson, toRecord } from "./record/record.js";
export { toHtml } from "./render/html.js";
export { toMarkdown } from "./render/markdown.js";
export type { RenderOptions } from "./render/options.js";
export {
  defaultRules,
  parseRules,
  type Rules,
  type RulesInput,
  type Thresholds,
} from "./rules/rules.js";
export type { DirectoryEntry, ScanFileSystem } from "./scan/file-system.js";
export { countDevelopers, type CountDevelopersOptions, type RunGit } from "./scan/git.js";
export { scanDirectory, type ScanOptions, type ScanResult } from "./scan/scan-directory.js";
export { countFromStore, type CountFromStoreOptions } from "./scan/store.js";
export type { WalkLimits } from "./scan/walk.js";
export type { Flip, Sensitivity, Supposition } from "./verdict/sensitivity.js";
export {
  type Arithmetic,
  type Clause,
  judge,
  type Judgement,
  rankOf,
  type Reckoning,
  type SettledVerdict,
  type Verdict,
} from "./verdict/verdict.js";
