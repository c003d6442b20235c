import { randomBytes } from "node:crypto";
import { inspect } from "node:util";

/** A random value that must not turn up where secrets must not, and every form it may hide in. */
export interface Canary {
  /** Put this into every secret, token and passphrase of a test. */
  readonly value: string;
  /** Name and text of each form that is searched for. */
  readonly forms: readonly CanaryForm[];
}

/** One form of a canary. */
export interface CanaryForm {
  readonly name: "raw" | "base64" | "hex" | "url" | "bytes" | "utf16";
  readonly text: string;
}

/**
 * Makes a canary: `canary-` and 128 random bits, so that a hit cannot be chance.
 *
 * @example
 * const canary = createCanary();
 * await store.put("a", canary.value);
 * expectClean(await store.get("a/missing").catch((error) => error), canary);
 */
export function createCanary(): Canary {
  return canaryOf(`canary-${randomBytes(16).toString("hex")}`);
}

/** Makes a canary of a secret that is there already, such as a token. */
export function canaryOf(value: string): Canary {
  const bytes = Buffer.from(value);
  return {
    value,
    forms: [
      { name: "raw", text: value },
      ...base64Forms(bytes).map((text) => ({ name: "base64", text }) as const),
      { name: "hex", text: bytes.toString("hex") },
      { name: "url", text: [...bytes].map((byte) => `%${byte.toString(16)}`).join("") },
      { name: "bytes", text: [...bytes].join(",") },
      { name: "utf16", text: Buffer.from(value, "utf16le").subarray(0, -1).toString("latin1") },
    ],
  };
}

/** Base64 of a value depends on where in a group of three bytes it begins. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    return text.slice(first, last);
  });
}

/**
 * Every form of the canary that occurs in `value`: a string, bytes, an error, or anything else,
 * which is then searched as `util.inspect` at infinite depth, JSON, `String()` and stack show it.
 */
export function findCanary(value: unknown, canary: Canary): CanaryForm["name"][] {
  const texts = renderings(value).flatMap((text) => [text, text.replaceAll(/\s/gu, "")]);
  const found = canary.forms.filter(({ name, text }) =>
    texts.some((candidate) =>
      name === "hex" || name === "url"
        ? candidate.toLowerCase().includes(text)
        : candidate.includes(text),
    ),
  );
  return [...new Set(found.map(({ name }) => name))];
}

/**
 * Asserts that nothing of the canary is in `value`.
 * @throws Error that names the forms found, and does not repeat the value.
 */
export function expectClean(value: unknown, canary: Canary): void {
  const found = findCanary(value, canary);
  if (found.length === 0) return;
  throw new Error(`A secret value leaked (${found.join(", ")}) into ${describe(value)}.`);
}

function describe(value: unknown): string {
  if (value instanceof Error) return `an error of type ${value.name}`;
  if (value instanceof Uint8Array) return "bytes";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function renderings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString("latin1")];
  const texts = [
    attempt(() =>
      inspect(value, {
        depth: Number.POSITIVE_INFINITY,
        showHidden: true,
        getters: true,
        maxArrayLength: null,
        maxStringLength: null,
        breakLength: Number.POSITIVE_INFINITY,
      }),
    ),
    // Some loggers print what `inspect` would have hidden behind a custom method.
    attempt(() =>
      inspect(value, {
        customInspect: false,
        depth: Number.POSITIVE_INFINITY,
        maxArrayLength: null,
        maxStringLength: null,
      }),
    ),
    attempt(() => JSON.stringify(value) ?? ""),
    attempt(() => String(value)),
  ];
  if (value instanceof Error) {
    texts.push(
      value.stack ?? "",
      value.message,
      attempt(() => JSON.stringify(Object.fromEntries(Object.entries(value)))),
    );
  }
  return texts;
}

/** A value that cannot be shown in one way is still searched in the others. */
function attempt(show: () => string): string {
  try {
    return show();
  } catch {
    return "";
  }
}
