import { isSecretError } from "@kinko/core";
import { identityVariable, readIdentityFile } from "../crypto/identity.js";
import { readRecipientsFile } from "../crypto/recipients.js";
import { classifyErrno, errnoOf } from "../errors.js";
import { readStoreFile } from "../store/open-document.js";
import { settingsOf, type LocalAdminOptions } from "./location.js";

/** What is to be said about one file of a store. */
export interface PermissionFinding {
  readonly subject: "store" | "identity" | "recipients";
  readonly path: string;
  readonly ok: boolean;
  /** Stable word for what is wrong; undefined when nothing is. */
  readonly reason?: string;
  /** One or two sentences for people, with what to do. */
  readonly message: string;
}

/**
 * Checks owner, mode and type of every file of a store and of all folders above, without
 * decrypting anything. It reports and never throws for what it finds.
 */
export async function inspectPermissions(
  options: LocalAdminOptions = {},
): Promise<readonly PermissionFinding[]> {
  const settings = settingsOf(options);
  const findings = [
    await inspect("store", settings.file, async () => {
      await readStoreFile(settings.file);
      return undefined;
    }),
  ];
  if ((settings.env[identityVariable] ?? "") === "") {
    findings.push(
      await inspect("identity", settings.identityFile, async () => {
        (await readIdentityFile(settings.identityFile)).fill(0);
        return undefined;
      }),
    );
  }
  if (settings.recipients === undefined) {
    findings.push(
      await inspect("recipients", settings.recipientsFile, async () =>
        (await readRecipientsFile(settings)) === undefined
          ? "There is no recipients file; the store keeps the recipients that it has."
          : undefined,
      ),
    );
  }
  return findings;
}

async function inspect(
  subject: PermissionFinding["subject"],
  path: string,
  check: () => Promise<string | undefined>,
): Promise<PermissionFinding> {
  try {
    return { subject, path, ok: true, message: (await check()) ?? `${path} is safe.` };
  } catch (error) {
    if (isSecretError(error)) {
      return {
        subject,
        path,
        ok: false,
        reason: error.reason ?? error.code,
        message: error.message,
      };
    }
    const { reason, what } = classifyErrno(errnoOf(error));
    return {
      subject,
      path,
      ok: false,
      reason: reason ?? "unclassified",
      message: what ?? "The file cannot be checked.",
    };
  }
}
