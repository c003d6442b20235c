const bases: readonly (readonly [RegExp, string])[] = [
  [/^0x_?/iu, "0x"],
  [/^0o_?/iu, "0o"],
  [/^0b_?/iu, "0b"],
  [/^0_?(?=\d)/u, "0o"],
];
const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** A whole number of 64 bits as Go reads one, base 10 unless it says otherwise; undefined if it is none. */
export function parseInteger(text: string, anyBase: boolean): bigint | undefined {
  const [, sign = "", rest = ""] = /^([+-]?)(.+)$/su.exec(text) ?? [];
  let digits = rest;
  if (anyBase) {
    const base = bases.find(([pattern]) => pattern.test(rest));
    if (base !== undefined) digits = base[1] + rest.replace(base[0], "");
    if (/__|_$|^_/u.test(digits)) return undefined;
    digits = digits.replaceAll("_", "");
  }
  if (!/^(?:\d+|0x[\da-f]+|0o[0-7]+|0b[01]+)$/iu.test(digits)) return undefined;
  if (!anyBase && !/^\d+$/u.test(digits)) return undefined;
  if (anyBase && /^0\d/u.test(digits)) return undefined;
  const value = BigInt(digits) * (sign === "-" ? -1n : 1n);
  return value < least || value > most ? undefined : value;
}

/** A decimal number as Go reads one; undefined if it is none, or too large. */
export function parseFloatText(text: string): number | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
