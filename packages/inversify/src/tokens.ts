import { formatRef, parseRef, type RefInput, type Secret, type SecretStore } from "@kinko/core";
import type { ServiceIdentifier } from "inversify";

/** The portable store, for services that read and write secrets themselves. */
export const SECRET_STORE = Symbol.for("kinko.SecretStore") as ServiceIdentifier<SecretStore>;

/**
 * The token under which `bindSecret` and `kinkoModule({ secrets })` bind a reference. The same
 * reference has the same token everywhere, however it is written.
 *
 * @throws InvalidRefError
 * @example
 * container.bind(Mailer).toResolvedValue((key) => new Mailer(key), [secretToken("prod/mail-key")]);
 */
export function secretToken(ref: RefInput): ServiceIdentifier<Secret> {
  return Symbol.for(`kinko.Secret:${formatRef(parseRef(ref))}`);
}
