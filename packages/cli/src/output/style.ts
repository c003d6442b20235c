/** Puts a look on text; without colours it returns the text. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const same = (text: string): string => text;

/** No colours. */
export const plainStyle: Style = {
  bold: same,
  dim: same,
  red: same,
  green: same,
  yellow: same,
  cyan: same,
};

/** Whether colours are wanted: a terminal, and nobody said no (https://no-color.org). */
export function wantsColour(
  isTTY: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
  noColour: boolean,
): boolean {
  if (noColour || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb") return false;
  return isTTY === true;
}

/** The style of a stream; the colour library loads only for one that shows them. */
export async function loadStyle(colour: boolean): Promise<Style> {
  if (!colour) return plainStyle;
  const { createColors } = (await import("picocolors")).default;
  return createColors(true);
}
