/** The lines of a comment without its marks. */
export function commentLines(text: string): string[] {
  if (!text.startsWith("/*")) return [text.replace(/^(?:#+|\/\/) ?/u, "").trimEnd()];
  return text
    .slice(2, -2)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/u, "").trim())
    .filter((line) => line !== "");
}
