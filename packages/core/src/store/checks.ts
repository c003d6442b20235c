import type { FeatureName } from "../capabilities/features.js";
import { InvalidRefError, TooLargeError, UnsupportedError } from "../errors/classes.js";
import type { SecretProvider } from "../provider.js";
import { formatRef } from "../refs/format-ref.js";
import { parseRef } from "../refs/parse-ref.js";
import type { RefInput, SecretRef } from "../refs/ref.js";
import { Secret, type SecretInput } from "../secret/secret.js";
import type { CallRunner } from "./call.js";

/** What is refused before a driver is asked. Every refusal names provider and operation. */
export interface Checks {
  has(feature: FeatureName): boolean;
  /** @throws UnsupportedError with the reason that the provider gives. */
  require(feature: FeatureName, operation: string, ref: SecretRef): void;
  /** @throws InvalidRefError */
  parse(operation: string, input: RefInput): SecretRef;
  /** @throws InvalidRefError also for a reference to a field. */
  parseWithoutField(input: RefInput, operation: string): SecretRef;
  /** @throws InvalidRefError when a write names a version. */
  refuseVersion(ref: SecretRef, operation: string): void;
  /** @throws InvalidRefError when a version is named by what it is now, and may not be later. */
  refuseMovingVersion(ref: SecretRef, operation: string): void;
  /** @throws InvalidValueError */
  toSecret(ref: SecretRef, value: SecretInput): Secret;
  /** @throws TooLargeError */
  size(operation: string, ref: SecretRef, secret: Secret): void;
}

/** The checks of one store. */
export function createChecks(
  provider: string,
  driver: Pick<SecretProvider, "capabilities">,
  calls: Pick<CallRunner, "wrap">,
): Checks {
  const has = (feature: FeatureName): boolean =>
    driver.capabilities.features[feature].support !== "unsupported";

  const parse = (operation: string, input: RefInput): SecretRef => {
    try {
      return parseRef(input);
    } catch (error) {
      throw calls.wrap(error, { operation });
    }
  };

  return {
    has,
    parse,
    require(feature, operation, ref) {
      const support = driver.capabilities.features[feature];
      if (support.support !== "unsupported") return;
      throw new UnsupportedError(`The provider ${provider} has no ${feature}.`, {
        provider,
        operation,
        ref: formatRef(ref),
        reason: `no-${feature}`,
        advice: support.reason,
      });
    },
    parseWithoutField(input, operation) {
      const ref = parse(operation, input);
      if (ref.field === undefined) return ref;
      throw new InvalidRefError(`${operation} works on whole secrets, not on fields.`, {
        provider,
        operation,
        ref: formatRef(ref),
        reason: "unexpected-field",
        advice: "Leave out the #field; patch with null removes a single field.",
      });
    },
    refuseVersion(ref, operation) {
      if (ref.version === undefined || ref.version.kind === "latest") return;
      throw new InvalidRefError(`${operation} writes a new version; it cannot name one.`, {
        provider,
        operation,
        ref: formatRef(ref),
        reason: "unexpected-version",
        advice: "Leave out the @version, and pass ifVersion to require one.",
      });
    },
    refuseMovingVersion(ref, operation) {
      if (ref.version === undefined || ref.version.kind === "id") return;
      throw new InvalidRefError(`${operation} takes one version by its id, or the whole secret.`, {
        provider,
        operation,
        ref: formatRef(ref),
        reason: "unexpected-version",
        advice: "List the versions and name one by its id, or leave out the @version.",
      });
    },
    toSecret(ref, value) {
      try {
        return Secret.from(value);
      } catch (error) {
        throw calls.wrap(error, { operation: "put", ref: formatRef(ref) });
      }
    },
    size(operation, ref, secret) {
      const limit = driver.capabilities.limits.maxValueBytes;
      if (limit === undefined || secret.byteLength <= limit) return;
      throw new TooLargeError(
        `The value has ${secret.byteLength} bytes; ${provider} accepts ${limit}.`,
        {
          provider,
          operation,
          ref: formatRef(ref),
          advice: "Store a smaller value, or encrypt the data elsewhere and keep its key here.",
        },
      );
    },
  };
}
