import { grantedCapabilities, type Capability, type PolicyDocument } from "../model.js";
import { patternOf, templateParts, type PathPattern } from "../paths.js";
import { capabilitiesOf, capabilityBit } from "../simulate/bits.js";
import { compilePolicies, type CompiledPolicies } from "../simulate/compile.js";
import type { MergedRule } from "../simulate/merge.js";
import { compareConditions, type ConditionChange } from "./conditions.js";
import { foldersOf, meet, partsOf, samplesOf, textOfMeeting, type Meeting } from "./meet.js";

/** How decisions change on some paths. */
export interface DecisionChange {
  /** The paths, as a rule would name them; a star after letters within a path is the rest of that segment. */
  readonly path: string;
  /** What was not allowed before. */
  readonly opens: readonly Capability[];
  /** What was allowed before. */
  readonly closes: readonly Capability[];
  /** A deny beats what other policies of a token grant, so lifting one opens, whatever this policy grants. */
  readonly deny?: "lifted" | "added";
  /** Parameters, wrapping, MFA or approvals that what is allowed before and after depends on. */
  readonly conditions?: ConditionChange;
}

/** Whether something is allowed that was not. */
export function isOpening({ opens, deny, conditions }: DecisionChange): boolean {
  return opens.length > 0 || deny === "lifted" || conditions === "loosened";
}

/** Whether something is no longer allowed that was. */
export function isClosing({ closes, deny, conditions }: DecisionChange): boolean {
  return closes.length > 0 || deny === "added" || conditions === "tightened";
}

/**
 * What a token with just this policy may do after a change, and could not before, and the other way
 * round; every path on which that differs is in the result. What a template is filled in with is
 * taken for a name that nothing else has.
 *
 * @param before absent: the policy is new
 * @param after absent: the policy is removed
 */
export function compareDecisions(
  before: PolicyDocument | undefined,
  after: PolicyDocument | undefined,
): readonly DecisionChange[] {
  const [old, next] = [asNames(before), asNames(after)];
  const [compiledOld, compiledNext] = [compile(old), compile(next)];
  const found = new Map<string, DecisionChange>();
  const seen = new Set<string>();
  const depth = depthOf([...old.rules, ...next.rules]);
  for (const sample of samplesFor(old, next, depth)) {
    if (seen.has(sample)) continue;
    seen.add(sample);
    for (const list of [false, true]) {
      const path = list && !sample.endsWith("/") ? `${sample}/` : sample;
      const change = changeAt(
        compiledOld.ruleFor(path, list),
        compiledNext.ruleFor(path, list),
        list,
      );
      if (change === undefined) continue;
      const key = JSON.stringify(change);
      const known = found.get(change.path);
      found.set(
        change.path,
        known === undefined || JSON.stringify(known) === key ? change : join(known, change),
      );
    }
  }
  return Array.from(found.values()).toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function compile(policy: PolicyDocument): CompiledPolicies {
  return compilePolicies([{ name: "policy", policy }]);
}

function samplesFor(old: PolicyDocument, next: PolicyDocument, depth: number): string[] {
  const folders = foldersOf([...patternsOf(old), ...patternsOf(next)]);
  const [olds, nexts] = [
    [...patternsOf(old), ...folders],
    [...patternsOf(next), ...folders],
  ];
  const alone = [...olds, ...nexts].map((pattern) => partsOf(pattern));
  const both = olds.flatMap((one) => nexts.map((other) => meet(one, other)));
  return [...alone, ...both]
    .filter((meeting): meeting is Meeting => meeting !== undefined)
    .flatMap((meeting) => samplesOf(meeting, depth));
}

function patternsOf({ rules }: PolicyDocument): PathPattern[] {
  return Array.from(new Set(rules.map(({ path }) => path)), patternOf);
}

function depthOf(rules: PolicyDocument["rules"]): number {
  return Math.max(0, ...rules.map(({ path }) => path.split("/").length)) + 1;
}

const listBit = capabilityBit.list;
const denyBit = capabilityBit.deny;

/** `list`: looks at listing alone; otherwise at everything else. */
function changeAt(
  before: MergedRule | undefined,
  after: MergedRule | undefined,
  list: boolean,
): DecisionChange | undefined {
  const [old, next] = [bitsFor(before, list), bitsFor(after, list)];
  const [denied, denies] = [isDeny(before), isDeny(after)];
  const opened = next & ~old;
  const closed = old & ~next;
  const conditions =
    before !== undefined && after !== undefined && (old & next) !== 0
      ? compareConditions(before, after)
      : undefined;
  if (opened === 0 && closed === 0 && denied === denies && conditions === undefined)
    return undefined;
  return {
    path: pathOf(before, after),
    opens: opened === 0 ? [] : capabilitiesOf(opened),
    closes: closed === 0 ? [] : capabilitiesOf(closed),
    ...(denied === denies ? {} : { deny: denied ? ("lifted" as const) : ("added" as const) }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

function bitsFor(rule: MergedRule | undefined, list: boolean): number {
  if (rule === undefined || isDeny(rule)) return 0;
  return list ? rule.bits & listBit : rule.bits & ~listBit;
}

function isDeny(rule: MergedRule | undefined): boolean {
  return rule !== undefined && (rule.bits & denyBit) !== 0;
}

function pathOf(before: MergedRule | undefined, after: MergedRule | undefined): string {
  const [one, other] = [before ?? after, after ?? before];
  if (one === undefined || other === undefined) return "";
  const meeting = meet(one.pattern, other.pattern) ?? partsOf(other.pattern);
  return asTemplates(textOfMeeting(meeting));
}

function join(one: DecisionChange, other: DecisionChange): DecisionChange {
  const deny = one.deny ?? other.deny;
  const conditions = [one.conditions, other.conditions];
  const joined = conditions.includes("loosened")
    ? "loosened"
    : (one.conditions ?? other.conditions);
  return {
    path: one.path,
    opens: union(one.opens, other.opens),
    closes: union(one.closes, other.closes),
    ...(deny === undefined ? {} : { deny }),
    ...(joined === undefined ? {} : { conditions: joined }),
  };
}

function union(one: readonly Capability[], other: readonly Capability[]): readonly Capability[] {
  return Array.from(new Set([...one, ...other])).toSorted();
}

// Brackets of a range of Unicode that is nobody's.
const open = "\u{F0001}";
const close = "\u{F0002}";

/** Templates as names, so that rules with them take part although it is not known whose they are. */
function asNames(policy: PolicyDocument | undefined): PolicyDocument {
  return {
    rules: (policy?.rules ?? []).map((rule) => ({
      ...rule,
      capabilities: grantedCapabilities(rule),
      path: (templateParts(rule.path) ?? [rule.path])
        .map((part, index) => (index % 2 === 0 ? part : `${open}${part.trim()}${close}`))
        .join(""),
    })),
  };
}

function asTemplates(path: string): string {
  return path.replaceAll(open, "{{").replaceAll(close, "}}");
}
