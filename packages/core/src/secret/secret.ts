import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ClosedError, InvalidValueError, NotFoundError } from "../errors/classes.js";
import { parseJson, toCanonicalJson, type JsonValue } from "./json.js";
import { SharedBytes } from "./shared-bytes.js";

/** What the bytes of a secret mean. It is kept across every backend and every migration. */
export type SecretKind = "text" | "json" | "binary";

/** What a store knows about a secret that it returned, beside its value. */
export interface SecretMetadata {
  /** Text form of the path. */
  readonly path: string;
  /** Name of the provider that returned it. */
  readonly provider: string;
  /** Opaque id of the version; undefined where a store keeps none. */
  readonly version?: string | undefined;
  /** When this version was written, where the store tells. */
  readonly createdAt?: Date | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** When this value ends to be valid, where the store tells. */
  readonly expiresAt?: Date | undefined;
  /** True when the store could not answer and this is the last value that is known. */
  readonly stale?: boolean | undefined;
  /** Of a stale value: how long ago it was read from the store, in milliseconds. */
  readonly ageMs?: number | undefined;
}

/** What can be stored: a Secret, a string (text), bytes (binary), or a plain object or array (json). */
export type SecretInput =
  | Secret
  | string
  | Uint8Array
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const brand = Symbol.for("kinko.Secret");
const redacted = "[secret]";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A secret value. It prints as `[secret]` wherever it is logged, inspected, concatenated or put
 * into JSON; the value comes out only by the methods that say so.
 *
 * The bytes live in a buffer outside Node's shared pool, which copies of the secret share, and are
 * zeroed when the last of them is disposed of. Strings that `text()` and `json()` return cannot be erased from a
 * JavaScript heap: keep them short-lived.
 *
 * @example
 * using password = await store.get("prod/app/db#password");
 * connect({ password: password.text() });
 */
export class Secret {
  /** Undefined once it was disposed. */
  #shared: SharedBytes | undefined;
  readonly kind: SecretKind;
  /** Present on secrets that came from a store. */
  readonly metadata: SecretMetadata | undefined;

  static {
    // Not on each secret: that would cost more than everything else about making one.
    Object.defineProperty(Secret.prototype, brand, { value: true });
  }

  private constructor(shared: SharedBytes, kind: SecretKind, metadata?: SecretMetadata) {
    this.#shared = shared;
    this.kind = kind;
    this.metadata = metadata;
  }

  /** A text secret. @throws InvalidValueError when the string has lone surrogates. */
  static text(value: string): Secret {
    if (typeof value !== "string" || !value.isWellFormed()) {
      throw new InvalidValueError("The text is not valid Unicode.", {
        reason: "not-text",
        advice: "Store it as binary.",
      });
    }
    return new Secret(ownShared(value), "text");
  }

  /**
   * A JSON secret, held in canonical form (sorted keys, no white space).
   * @throws InvalidValueError for values that JSON would change or drop.
   */
  static json(value: unknown): Secret {
    return new Secret(ownShared(toCanonicalJson(value)), "json");
  }

  /** A binary secret; the bytes are copied. */
  static binary(value: Uint8Array): Secret {
    return new Secret(ownShared(value), "binary");
  }

  /** Chooses the kind by the type of the input; a Secret is returned as it is. */
  static from(input: SecretInput): Secret {
    if (isSecret(input)) return input;
    if (typeof input === "string") return Secret.text(input);
    if (isBytes(input)) return Secret.binary(input);
    return Secret.json(input);
  }

  /**
   * A secret of a known kind from its stored bytes, which are copied.
   * @throws InvalidValueError when the bytes are not valid for the kind.
   */
  static fromBytes(bytes: Uint8Array, kind: SecretKind): Secret {
    if (kind === "binary") return Secret.binary(bytes);
    const text = decodeUtf8(bytes);
    return kind === "text" ? Secret.text(text) : Secret.json(parseJson(text));
  }

  get byteLength(): number {
    return open(this.#shared).bytes.byteLength;
  }

  /**
   * The value as a string: text as it is, JSON as canonical JSON text, binary when it is UTF-8.
   * @throws InvalidValueError for binary that is not UTF-8.
   */
  text(): string {
    return decodeUtf8(open(this.#shared).bytes);
  }

  /**
   * The value parsed as JSON; objects have no prototype. With a schema (zod, valibot, any
   * Standard Schema) the result has its type.
   * @throws InvalidValueError when it is not JSON or does not fit the schema; the error names
   * paths and never quotes values.
   */
  json(): JsonValue;
  json<Output>(schema: StandardSchemaV1<unknown, Output>): Output;
  json<Output>(schema?: StandardSchemaV1<unknown, Output>): JsonValue | Output {
    const value = parseJson(this.text());
    return schema === undefined ? value : validateBySchema(schema, value);
  }

  /** A copy of the bytes, which the caller may zero. */
  bytes(): Buffer {
    return ownBytes(open(this.#shared).bytes);
  }

  /** Names of the fields of a JSON object; empty for everything else. */
  fieldNames(): string[] {
    if (this.kind !== "json") return [];
    const value = this.json();
    return isJsonObject(value) ? Object.keys(value) : [];
  }

  /**
   * One field of a JSON object: a string becomes text, anything else json.
   * @throws NotFoundError when there is no such field, InvalidValueError when this is no JSON object.
   */
  field(name: string): Secret {
    const value = this.json();
    if (!isJsonObject(value)) {
      throw new InvalidValueError("The secret is not a JSON object, so it has no fields.", {
        reason: "no-fields",
        advice: "Leave out the #field.",
      });
    }
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (field === undefined) {
      throw new NotFoundError("The secret has no such field.", {
        reason: "field-not-found",
        advice: "Check the part after the #, or read the secret without it.",
      });
    }
    return typeof field === "string"
      ? new Secret(ownShared(field), "text", this.metadata)
      : new Secret(ownShared(toCanonicalJson(field)), "json", this.metadata);
  }

  /**
   * A secret of its own with the same value, so that each is disposed of by itself. It costs one
   * small object: the bytes are shared, and zeroed with the last of them.
   */
  copy(): Secret {
    return new Secret(open(this.#shared).hold(), this.kind, this.metadata);
  }

  /** The same value with other metadata. */
  withMetadata(metadata: SecretMetadata): Secret {
    const tags = Object.freeze({ ...metadata.tags });
    return new Secret(open(this.#shared).hold(), this.kind, Object.freeze({ ...metadata, tags }));
  }

  /** Whether kind and bytes are equal, compared in constant time for equal lengths. */
  equals(other: Secret): boolean {
    // Not imported at the top: loading node:crypto would double what importing this package costs.
    const { timingSafeEqual } = process.getBuiltinModule("node:crypto");
    const bytes = open(this.#shared).bytes;
    const otherBytes = other.bytes();
    try {
      return (
        this.kind === other.kind &&
        bytes.byteLength === otherBytes.byteLength &&
        timingSafeEqual(bytes, otherBytes)
      );
    } finally {
      otherBytes.fill(0);
    }
  }

  /**
   * Lets go of the bytes, which are zeroed unless a copy still holds them. Every later read throws
   * ClosedError; disposing twice is allowed.
   */
  dispose(): void {
    this.#shared?.release();
    this.#shared = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Secret(${this.kind}) ${redacted}`;
  }
}

// Functions and not private methods, which would cost every secret a mark of its own when it is made.
function open(shared: SharedBytes | undefined): SharedBytes {
  if (shared !== undefined) return shared;
  throw new ClosedError("The secret was disposed and its bytes are erased.", {
    reason: "secret-disposed",
    advice: "Get it from the store again.",
  });
}

function ownShared(value: string | Uint8Array): SharedBytes {
  return new SharedBytes(ownBytes(value));
}

/** Whether `value` is a {@link Secret}, also one from another copy of this package. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && brand in value;
}

/** Also true for bytes of another realm, such as those of a test runner's sandbox. */
function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]"
  );
}

function ownBytes(value: string | Uint8Array): Buffer {
  if (typeof value === "string") {
    const bytes = Buffer.alloc(Buffer.byteLength(value));
    bytes.write(value);
    return bytes;
  }
  const bytes = Buffer.alloc(value.byteLength);
  bytes.set(value);
  return bytes;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new InvalidValueError("The value is binary and not UTF-8 text.", {
      reason: "not-text",
      advice: "Read it with bytes().",
    });
  }
}

function isJsonObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function validateBySchema<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  value: JsonValue,
): Output {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    throw new InvalidValueError("The schema validates asynchronously.", {
      reason: "asynchronous-schema",
      advice: "Pass a schema without asynchronous checks.",
    });
  }
  if (result.issues === undefined) return result.value;
  const paths = result.issues.map((issue) => formatIssuePath(issue.path)).join(", ");
  throw new InvalidValueError(`The secret does not fit its schema at ${paths}.`, {
    reason: "schema-mismatch",
    advice: "Correct the secret, or the schema that the application expects.",
  });
}

/** Where in a value an issue of a Standard Schema lies, such as `a.b[0]`; never quotes a value. */
export function formatIssuePath(path: StandardSchemaV1.Issue["path"]): string {
  if (path === undefined || path.length === 0) return "its top level";
  return path
    .map((part) => (typeof part === "object" ? part.key : part))
    .map((key, index) =>
      typeof key === "number" ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`,
    )
    .join("");
}
