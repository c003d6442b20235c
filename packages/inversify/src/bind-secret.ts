import { formatRef, parseRef, type RefInput, type Secret, type SecretStore } from "@kinko/core";
import type { Bind, ServiceIdentifier } from "inversify";
import { LazySecret } from "./lazy-secret.js";
import { SECRET_STORE, secretToken } from "./tokens.js";

/** What can be bound to: a container, or what a container module is loaded with. */
export interface Binder {
  readonly bind: Bind;
}

/**
 * Binds one secret. It is read when it is first resolved (with `getAsync`), then kept; a read that
 * fails is tried again by the next resolution. When it is unbound, the value is zeroed.
 *
 * @param token default: {@link secretToken} of the reference
 * @throws InvalidRefError at once, before anything is read
 * @example
 * bindSecret(container, "prod/app/db#password");
 * const password = await container.getAsync(secretToken("prod/app/db#password"));
 */
export function bindSecret(
  binder: Binder,
  ref: RefInput,
  token: ServiceIdentifier<Secret> = secretToken(ref),
): void {
  const parsed = parseRef(ref);
  // Two bindings: the container would keep the promise of a singleton for ever, also a failed one,
  // so that an outage at the first resolution would outlive the outage.
  const kept = Symbol(`kinko.LazySecret:${formatRef(parsed)}`) as ServiceIdentifier<LazySecret>;
  binder
    .bind(kept)
    .toResolvedValue((store: SecretStore) => new LazySecret(store, parsed), [SECRET_STORE])
    .inSingletonScope()
    .onDeactivation((secret) => secret.dispose());
  binder
    .bind(token)
    .toResolvedValue((secret: LazySecret) => secret.get(), [kept])
    .inTransientScope();
}
