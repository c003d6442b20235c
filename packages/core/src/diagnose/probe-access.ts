import { isSecretError, type SecretError } from "../errors/secret-error.js";
import { wrapError, type ErrorClassification } from "../errors/wrap.js";
import type { ProviderContext, ProviderFinding } from "../provider.js";
import { createCallRunner } from "../store/call.js";

/** One thing that credentials may or may not do. */
export interface AccessProbe {
  /** Such as `read`, as in `permission to read`. */
  readonly verb: string;
  /** The right that it takes, as the service calls it, such as `secretsmanager:GetSecretValue`. */
  readonly needs: string;
  /**
   * Asks for something that is not there, so that it changes nothing whatever the answer is. It is
   * allowed when it resolves or fails with NotFound or VersionNotFound.
   */
  readonly try: (signal: AbortSignal) => Promise<unknown>;
}

/** What {@link probeAccess} needs beside the probes. */
export interface ProbeAccessOptions {
  readonly context: ProviderContext;
  readonly classifyError: (error: unknown) => ErrorClassification;
}

/**
 * For `diagnose` of a provider whose service cannot be asked for permissions: tries each operation,
 * one after the other. A refusal is a warning, as it may be meant so. Any other failure is a problem
 * and ends the probing, because the rest would fail alike.
 */
export async function probeAccess(
  probes: readonly AccessProbe[],
  { context, classifyError }: ProbeAccessOptions,
): Promise<ProviderFinding[]> {
  const { clock, timeoutMs } = context;
  const calls = createCallRunner({ provider: "diagnose", clock, timeoutMs, classifyError });
  const findings: ProviderFinding[] = [];
  for (const { verb, needs, try: attempt } of probes) {
    const subject = `permission to ${verb}`;
    const allowed = { subject, ok: true, message: `The credentials may ${verb} secrets.` };
    try {
      await calls.run({ operation: verb }, ({ signal }) => attempt(signal));
      findings.push(allowed);
    } catch (error) {
      if (isSecretError(error, "NotFound") || isSecretError(error, "VersionNotFound")) {
        findings.push(allowed);
      } else if (isSecretError(error, "PermissionDenied")) {
        findings.push({
          subject,
          ok: false,
          warning: true,
          message: `The credentials may not ${verb} just any secret.`,
          advice: `This is fine for a program that need not; rights on single secrets do not show here. Otherwise grant ${needs}.`,
          reason: `may-not-${verb}`,
        });
      } else {
        return [...findings, findingOfError(subjectOf(error), error, classifyError)];
      }
    }
  }
  return findings;
}

/** The finding of a failure, in the words of its SecretError. */
export function findingOfError(
  subject: string,
  error: unknown,
  classifyError: (error: unknown) => ErrorClassification,
): ProviderFinding {
  const context = { provider: "diagnose", operation: "open" };
  const { advice, code, message, reason = code } = wrapError(error, classifyError, context);
  const what =
    advice !== undefined && message.endsWith(` ${advice}`)
      ? message.slice(0, -advice.length - 1)
      : message;
  return { subject, ok: false, message: what, advice, reason };
}

/** What a failure is about. */
function subjectOf(error: unknown): string {
  if (!isSecretError(error)) return "access";
  const { code, reason = "" }: SecretError = error;
  if (reason === "clock-skew") return "clock";
  const [place] = /region|project/u.exec(reason) ?? [];
  if (place !== undefined) return place;
  if (code === "Unauthenticated") return "credentials";
  return code === "Config" || code === "Unavailable" || code === "Timeout" ? "endpoint" : "access";
}
