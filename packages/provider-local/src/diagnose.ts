import type { ProviderContext, ProviderFinding } from "@kinko/core";
import type { LocalOptions } from "./options.js";

/** What `kinko doctor` is told about the files of a store; nothing is decrypted. */
export async function diagnoseLocalStore(
  options: LocalOptions,
  context: ProviderContext,
): Promise<readonly ProviderFinding[]> {
  const { inspectPermissions } = await import("./admin/inspect.js");
  const findings = await inspectPermissions({
    ...options,
    directory: context.directory,
    env: context.env,
  });
  return findings.map(({ subject, ok, reason, message }) => ({
    subject: `${subject} file`,
    ok,
    reason,
    message,
  }));
}
