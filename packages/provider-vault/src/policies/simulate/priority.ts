import type { PathPattern } from "../paths.js";

/** What Vault's order of patterns looks at; lengths and positions are in bytes, as Go's are. */
interface Measures {
  readonly firstWildcard: number;
  readonly endsInStar: boolean;
  readonly wildcards: number;
  readonly bytes: Buffer;
}

/**
 * Sorts patterns so that of all that match a path, the last one decides. Exact paths come last; before
 * them a later first wildcard wins, then no star at the end, fewer `+`, and a longer path.
 * Source: Vault 1.21, concepts/policies, "Priority matching".
 */
export function byPriority<T extends { readonly pattern: PathPattern }>(rules: Iterable<T>): T[] {
  return Array.from(rules, (rule) => ({ rule, measures: measure(rule.pattern) }))
    .toSorted((left, right) => {
      const leftExact = left.rule.pattern.kind === "exact";
      const rightExact = right.rule.pattern.kind === "exact";
      if (leftExact !== rightExact) return leftExact ? 1 : -1;
      return compare(left.measures, right.measures);
    })
    .map(({ rule }) => rule);
}

function measure({ kind, text }: PathPattern): Measures {
  const endsInStar = kind === "prefix" || (kind === "segments" && text.endsWith("*"));
  const path = kind === "segments" && endsInStar ? text.slice(0, -1) : text;
  const bytes = Buffer.from(path);
  return {
    firstWildcard: kind === "segments" ? bytes.indexOf("+") : bytes.length,
    endsInStar,
    wildcards: kind === "segments" ? path.split("/").filter((part) => part === "+").length : 0,
    bytes,
  };
}

function compare(left: Measures, right: Measures): number {
  return (
    left.firstWildcard - right.firstWildcard ||
    Number(right.endsInStar) - Number(left.endsInStar) ||
    right.wildcards - left.wildcards ||
    left.bytes.length - right.bytes.length ||
    Buffer.compare(left.bytes, right.bytes)
  );
}
