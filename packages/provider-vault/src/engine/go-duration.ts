const units: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** Seconds of what Vault writes as `2160h0m0s`, or as a number; 0 for anything else. */
export function goDurationSeconds(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return 0;
  let seconds = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)([dhms])/gu)) {
    seconds += Number(number) * (units[unit ?? ""] ?? 0);
  }
  return seconds;
}
