import type { ParameterValue, ParameterValues } from "../model.js";

/**
 * What two rules both let through; undefined where that is nothing, or no list of values can say it.
 * Vault takes names in any case, and `*` for all that are not named.
 */
export function allowedByBoth(
  one: ParameterValues,
  other: ParameterValues,
): ParameterValues | undefined {
  const [left, right] = [lowerNames(one), lowerNames(other)];
  const allowed: Record<string, readonly ParameterValue[]> = {};
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [first, second] = [valuesOf(left, name), valuesOf(right, name)];
    if (first === undefined || second === undefined) continue;
    const values = common(first, second);
    if (values === undefined) return undefined;
    allowed[name] = values;
  }
  return Object.keys(allowed).length === 0 ? undefined : allowed;
}

/** What either of two rules refuses. */
export function deniedByEither(one: ParameterValues, other: ParameterValues): ParameterValues {
  const denied = lowerNames(one);
  for (const [name, values] of lowerNames(other)) {
    const known = denied.get(name) ?? values;
    denied.set(name, known.length === 0 || values.length === 0 ? [] : [...known, ...values]);
  }
  return Object.fromEntries(denied);
}

function lowerNames(values: ParameterValues): Map<string, readonly ParameterValue[]> {
  return new Map(Object.entries(values).map(([name, list]) => [name.toLowerCase(), list] as const));
}

function valuesOf(
  values: ReadonlyMap<string, readonly ParameterValue[]>,
  name: string,
): readonly ParameterValue[] | undefined {
  return values.get(name) ?? (values.has("*") ? [] : undefined);
}

/** An empty list is every value, so one of two that have nothing in common does not say so. */
function common(
  one: readonly ParameterValue[],
  other: readonly ParameterValue[],
): readonly ParameterValue[] | undefined {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const texts = new Set(other.map((value) => JSON.stringify(value)));
  const both = one.filter((value) => texts.has(JSON.stringify(value)));
  return both.length === 0 ? undefined : both;
}
