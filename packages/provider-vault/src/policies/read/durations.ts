import type { Decoded } from "./decoded.js";
import { parseInteger } from "./numbers.js";

const unitNanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/gy;
const mostNanoseconds = 2 ** 63;
const nanosecondsPerSecond = 1e9;

/** Seconds of what stands for a TTL: a number of seconds, `"300"`, `"5m30s"`, `"1d"`. Undefined if it is none. */
export function durationSeconds(decoded: Decoded): number | undefined {
  switch (decoded.kind) {
    case "integer":
      return inRange(Number(decoded.value));
    case "float":
      return inRange(Math.trunc(decoded.value));
    case "string":
      return parseDuration(decoded.value);
    default:
      return undefined;
  }
}

/** The same of a text. */
export function parseDuration(text: string): number | undefined {
  if (text === "") return 0;
  const seconds = parseInteger(text, false);
  if (seconds !== undefined) return inRange(Number(seconds));
  if (text.endsWith("d")) {
    const days = parseInteger(text.slice(0, -1), false);
    return days === undefined ? undefined : inRange(Number(days) * 86_400);
  }
  const [, sign, rest = ""] = /^([+-]?)(.*)$/su.exec(text) ?? [];
  if (rest === "") return undefined;
  let nanoseconds = 0;
  part.lastIndex = 0;
  while (part.lastIndex < rest.length) {
    const match = part.exec(rest);
    if (match === null) return undefined;
    const [, whole = "", fraction = "", unit = ""] = match;
    if (whole === "" && fraction === "") return undefined;
    nanoseconds += Number(`${whole || "0"}.${fraction || "0"}`) * (unitNanoseconds[unit] ?? 0);
  }
  if (nanoseconds >= mostNanoseconds) return undefined;
  const value = Math.trunc(nanoseconds) / nanosecondsPerSecond;
  return sign === "-" && value !== 0 ? -value : value;
}

function inRange(seconds: number): number | undefined {
  return Math.abs(seconds) * nanosecondsPerSecond < mostNanoseconds ? seconds : undefined;
}
