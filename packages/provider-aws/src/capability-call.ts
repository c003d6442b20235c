import {
  createSecretError,
  defaultMessages,
  formatRef,
  isSecretError,
  parseRef,
  type RefInput,
} from "@kinko/core";
import { classifyError } from "./errors/classify.js";
import type { NameCodec } from "./names.js";

/** How a call of a capability that AWS alone has is made. */
export interface AwsCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Runs one such call on the secret of a ref. */
export type CapabilityRunner = <Result>(
  input: RefInput,
  options: AwsCallOptions,
  work: (name: string, signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/** Applications make these calls without the store in between, so errors become SecretErrors here. */
export function createCapabilityRunner(names: NameCodec): CapabilityRunner {
  return async (input, { signal }, work) => {
    const ref = parseRef(input);
    try {
      return await work(names.encode(ref.path), signal ?? new AbortController().signal);
    } catch (error) {
      throw toSecretError(error, formatRef(ref));
    }
  };
}

function toSecretError(error: unknown, ref: string): Error {
  if (isSecretError(error)) return error;
  const { code, what, advice, ...details } = classifyError(error);
  const words = defaultMessages[code];
  return createSecretError(code, what ?? words.what, {
    provider: "aws",
    ref,
    ...details,
    advice: advice ?? words.advice,
  });
}
