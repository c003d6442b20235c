import type { ParameterValue } from "../model.js";
import type { MergedRule } from "./merge.js";

/** What a request sends: a body's fields, or a query's. */
export type RequestParameters = Readonly<Record<string, unknown>>;

/** Why a rule's parameters refuse a request. */
export interface ParameterProblem {
  readonly reason: "parameter-required" | "parameter-denied" | "parameter-not-allowed";
  readonly parameter: string;
}

/** Why a rule's constraints refuse these parameters; undefined where they do not. */
export function parameterProblem(
  { required, denied, allowed }: MergedRule,
  parameters: RequestParameters,
): ParameterProblem | undefined {
  for (const parameter of required) {
    if (!Object.hasOwn(parameters, parameter)) return { reason: "parameter-required", parameter };
  }
  const sent = Object.entries(parameters);
  if (denied.size > 0 && sent.length > 0) {
    if (denied.has("*")) return { reason: "parameter-denied", parameter: "*" };
    for (const [parameter, value] of sent) {
      const values = denied.get(parameter.toLowerCase());
      if (values !== undefined && isDenied(value, values))
        return { reason: "parameter-denied", parameter };
    }
  }
  const all = allowed.has("*");
  if (allowed.size === 0 || (allowed.size === 1 && all)) return undefined;
  for (const [parameter, value] of sent) {
    const values = allowed.get(parameter.toLowerCase());
    const good = values === undefined ? all : isAllowed(value, values);
    if (!good) return { reason: "parameter-not-allowed", parameter };
  }
  return undefined;
}

function isAllowed(value: unknown, list: readonly ParameterValue[]): boolean {
  if (list.length === 0 || isIn(value, list)) return true;
  return partsOf(value)?.every((part) => isIn(part, list)) ?? false;
}

function isDenied(value: unknown, list: readonly ParameterValue[]): boolean {
  if (list.length === 0 || isIn(value, list)) return true;
  return partsOf(value)?.some((part) => isIn(part, list)) ?? false;
}

/** A list's elements; a text is a list parted by commas, and an empty one has none. */
function partsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value !== "string") return undefined;
  return value === "" ? [] : value.split(",").map((part) => part.trim());
}

function isIn(value: unknown, list: readonly ParameterValue[]): boolean {
  return list.some((element) =>
    typeof element === "string"
      ? typeof value === "string" && matches(element, value)
      : isSame(element, value),
  );
}

/** A star at either end stands for any text. */
function matches(pattern: string, value: string): boolean {
  if (pattern.length < 2) return pattern === value;
  const start = pattern.startsWith("*");
  const end = pattern.endsWith("*");
  if (start && end) return value.includes(pattern.slice(1, -1));
  if (start) return value.endsWith(pattern.slice(1));
  return end ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}

/** A policy's numbers are never those of a request: Vault compares them as two different types. */
function isSame(element: ParameterValue, value: unknown): boolean {
  if (typeof element === "number") return false;
  if (typeof element !== "object") return element === value;
  if (Array.isArray(element)) {
    const list = element as readonly ParameterValue[];
    return (
      Array.isArray(value) &&
      value.length === list.length &&
      list.every((one, index) => isSame(one, value[index]))
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(element as Readonly<Record<string, ParameterValue>>);
  return (
    entries.length === Object.keys(value).length &&
    entries.every(
      ([name, one]) =>
        Object.hasOwn(value, name) && isSame(one, (value as Record<string, unknown>)[name]),
    )
  );
}
