import { patternOf, type PathPattern } from "./paths.js";

/** Whether `wide` matches all that `narrow` does, segment by segment. */
export function covers(wide: PathPattern, narrow: PathPattern): boolean {
  const wideParts = partsOf(wide);
  const narrowParts = partsOf(narrow);
  if (narrowParts.open && !wideParts.open) return false;
  if (wideParts.list.length > narrowParts.list.length) return false;
  if (!wideParts.open && wideParts.list.length !== narrowParts.list.length) return false;
  return wideParts.list.every((part, index) => {
    const other = narrowParts.list[index] ?? "";
    const lastWide = wideParts.open && index === wideParts.list.length - 1;
    const lastNarrow = narrowParts.open && index === narrowParts.list.length - 1;
    if (lastWide) return part === "" || (other !== "+" && other.startsWith(part));
    if (lastNarrow) return false;
    return part === "+" ? wide.kind === "segments" : part === other;
  });
}

function partsOf({ kind, text }: PathPattern): { readonly list: string[]; readonly open: boolean } {
  const open = kind === "prefix" || (kind === "segments" && text.endsWith("*"));
  return { list: (open && kind === "segments" ? text.slice(0, -1) : text).split("/"), open };
}

/** A path that a pattern matches. */
export function samplePath(pattern: PathPattern): string {
  const { list, open } = partsOf(pattern);
  const filled =
    pattern.kind === "segments" ? list.map((part) => (part === "+" ? "~" : part)) : list;
  return `${filled.join("/")}${open ? "~" : ""}`;
}

/** Whether Vault reads two paths as one. */
export function samePath(left: string, right: string): boolean {
  const first = patternOf(left);
  const second = patternOf(right);
  return first.kind === second.kind && first.text === second.text;
}

/** A path that both patterns match; undefined where there is none. Segments that may be anything are `~`. */
export function meetingPath(left: PathPattern, right: PathPattern): string | undefined {
  const first = wildParts(left);
  const second = wildParts(right);
  const met: string[] = [];
  for (let index = 0; ; index += 1) {
    const one = first.list[index];
    const other = second.list[index];
    if (one === undefined || other === undefined) return one === other ? met.join("/") : undefined;
    const oneEnds = first.open && index === first.list.length - 1;
    const otherEnds = second.open && index === second.list.length - 1;
    if (oneEnds || otherEnds) {
      const [start, longer] = oneEnds ? [one, second] : [other, first];
      return endTogether(met, start, { list: longer.list.slice(index), open: longer.open });
    }
    if (one !== wild && other !== wild && one !== other) return undefined;
    met.push(one === wild ? segmentOf(other) : segmentOf(one));
  }
}

/** Stands for a segment that may be anything; no path has it. */
const wild = "\0";

function wildParts(pattern: PathPattern): ReturnType<typeof partsOf> {
  const { list, open } = partsOf(pattern);
  return {
    open,
    list: pattern.kind === "segments" ? list.map((part) => (part === "+" ? wild : part)) : list,
  };
}

function segmentOf(part: string): string {
  return part === wild ? "~" : part;
}

/** What begins with `start` and is matched by the rest of the other pattern. */
function endTogether(
  met: readonly string[],
  start: string,
  { list, open }: ReturnType<typeof partsOf>,
): string | undefined {
  const [first = "", ...rest] = list;
  const isEnd = open && rest.length === 0;
  const common = isEnd && start.startsWith(first) ? start : beginsWith(first, start);
  if (common === undefined) return undefined;
  return `${[...met, common, ...rest.map(segmentOf)].join("/")}${open ? "~" : ""}`;
}

/** A segment that begins with `start`, if this one can. */
function beginsWith(segment: string, start: string): string | undefined {
  if (segment === wild) return start === "" ? "~" : start;
  return segment.startsWith(start) ? segment : undefined;
}
