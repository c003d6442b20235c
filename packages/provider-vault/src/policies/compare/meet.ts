import type { PathPattern } from "../paths.js";

/** One segment of the paths that two patterns share. `partial`: begins so, and has no slash. */
type Part = { readonly kind: "text" | "partial"; readonly text: string } | { readonly kind: "any" };

/** The paths that match both of two patterns. */
export interface Meeting {
  readonly parts: readonly Part[];
  /** Whether anything may follow the last part, slashes too. */
  readonly open: boolean;
}

/** What a rule's pattern matches, in the same form. */
export function partsOf({ kind, text }: PathPattern): Meeting {
  const open = kind === "prefix" || (kind === "segments" && text.endsWith("*"));
  const bare = kind === "segments" && open ? text.slice(0, -1) : text;
  const parts = bare
    .split("/")
    .map((part): Part => (kind === "segments" && part === "+" ? { kind: "any" } : textPart(part)));
  return { parts, open };
}

/** The paths that match both patterns; undefined where none does. */
export function meet(left: PathPattern, right: PathPattern): Meeting | undefined {
  return meetFrom(partsOf(left), partsOf(right));
}

function meetFrom(left: Meeting, right: Meeting): Meeting | undefined {
  const parts: Part[] = [];
  for (let index = 0; ; index += 1) {
    const [one, other] = [left.parts[index], right.parts[index]];
    if (one === undefined && other === undefined) return { parts, open: false };
    if (one === undefined || other === undefined) return undefined;
    const leftEnds = left.open && index === left.parts.length - 1;
    const rightEnds = right.open && index === right.parts.length - 1;
    if (leftEnds || rightEnds) {
      const [stem, rest] = leftEnds ? [one, right] : [other, left];
      const both = narrowed(stem, rest.parts[index] as Part, leftEnds && rightEnds);
      if (both === undefined) return undefined;
      return { parts: [...parts, both, ...rest.parts.slice(index + 1)], open: rest.open };
    }
    const part = common(one, other);
    if (part === undefined) return undefined;
    parts.push(part);
  }
}

/** A segment that begins with `stem` and is `part` too. */
function narrowed(stem: Part, part: Part, bothOpen: boolean): Part | undefined {
  // Only a text can be what a star follows: Vault takes no `+*`.
  const start = stem.kind === "any" ? "" : stem.text;
  if (part.kind === "any") return start === "" ? part : { kind: "partial", text: start };
  if (part.text.startsWith(start)) return part;
  return bothOpen && start.startsWith(part.text) ? textPart(start) : undefined;
}

function common(one: Part, other: Part): Part | undefined {
  if (one.kind === "any") return other;
  if (other.kind === "any") return one;
  return one.text === other.text ? one : undefined;
}

function textPart(text: string): Part {
  return { kind: "text", text };
}

/** How people write these paths: as a rule's path, and with a star for the rest of a segment. */
export function textOfMeeting({ parts, open }: Meeting): string {
  const text = parts
    .map((part) =>
      part.kind === "any" ? "+" : part.kind === "partial" ? `${part.text}*` : part.text,
    )
    .join("/");
  return open ? `${text}*` : text;
}

/** A name that no policy has: of a range of Unicode that is nobody's. */
const stranger = "\u{F0000}";

/**
 * Paths of each depth that match, and as little else as can be: where one of them matches a further
 * pattern of at most `depth` segments, all paths of its depth do.
 */
export function samplesOf({ parts, open }: Meeting, depth: number): string[] {
  const path = parts
    .map((part) =>
      part.kind === "any" ? stranger : part.kind === "partial" ? part.text + stranger : part.text,
    )
    .join("/");
  if (!open) return [path];
  const samples = [path + stranger];
  for (let length = parts.length; length <= depth; length += 1)
    samples.push(`${samples.at(-1)}/${stranger}`);
  return samples;
}

/** A list is also looked at without the slash at its end, where other rules match. */
export function foldersOf(patterns: readonly PathPattern[]): PathPattern[] {
  const paths = patterns.flatMap(({ kind, text }) =>
    text.endsWith("/") || /\/[+*]$/u.test(text)
      ? [{ kind, text: text.replace(/\/[+*]?$/u, "") }]
      : [],
  );
  return paths.map(({ kind, text }) => ({ kind: kind === "prefix" ? "exact" : kind, text }));
}
