/** Why Vault takes no rule for a path. */
export type PathProblem = "unbalanced-template" | "plus-before-star";

/** What is wrong with a path, before its templates are filled in; undefined for a good one. */
export function pathProblem(path: string): PathProblem | undefined {
  if (templateParts(path) === undefined) return "unbalanced-template";
  return path.includes("+*") ? "plus-before-star" : undefined;
}

/** What each problem is called. */
export const pathProblems: Readonly<Record<PathProblem, readonly [what: string, advice: string]>> =
  {
    "unbalanced-template": [
      "This path has a {{ without its }}, or the other way round.",
      "Write templates such as {{identity.entity.name}}.",
    ],
    "plus-before-star": [
      "A path has no +* in it.",
      "+ stands for a whole segment; write +/* or *.",
    ],
  };

/** A path's texts and templates in turns, a text first; undefined where braces do not match. */
export function templateParts(path: string): readonly string[] | undefined {
  const [first = "", ...rest] = path.split("{{");
  if (first.includes("}}")) return undefined;
  const parts = [first];
  for (const piece of rest) {
    const [template, text, ...more] = piece.split("}}");
    if (template === undefined || text === undefined || more.length > 0) return undefined;
    parts.push(template, text);
  }
  return parts;
}

/** Whether a path has templates. */
export function isTemplated(path: string): boolean {
  return path.includes("{{");
}

/** What a rule's path is once its templates are filled in. */
export interface PathPattern {
  /** `exact`: this path alone. `prefix`: whatever starts so. `segments`: has `+` for single segments. */
  readonly kind: "exact" | "prefix" | "segments";
  /** Without the star of a prefix; with the star of `segments`. */
  readonly text: string;
}

/** How Vault understands a path; it MUST have no {@link pathProblem}. */
export function patternOf(path: string): PathPattern {
  const text = path.startsWith("/") ? path.slice(1) : path;
  if (text === "+" || text.startsWith("+/") || text.includes("/+"))
    return { kind: "segments", text };
  if (text.endsWith("*")) return { kind: "prefix", text: text.slice(0, -1) };
  return { kind: "exact", text };
}
