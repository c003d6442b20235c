import type { Cancellation, SecretError, SecretRef, VersionSelector } from "@kinko/core";
import type { NativeVersion } from "../client/secret-manager.js";
import { destroyed, disabled, notFound, versionNotFound } from "../errors/absence.js";
import { isFailure, type ServiceFailure } from "../errors/service-failure.js";
import { lastPart, resourceName, type SecretsContext } from "./context.js";

/** State of a version, however the transport writes it. */
export type NativeState = "ENABLED" | "DISABLED" | "DESTROYED";

const states: readonly (NativeState | undefined)[] = [
  undefined,
  "ENABLED",
  "DISABLED",
  "DESTROYED",
];

export function stateOf({ state }: NativeVersion): NativeState | undefined {
  return typeof state === "number" ? states[state] : states.find((known) => known === state);
}

/** Whether this is what ids of Secret Manager look like. */
export function isVersionId(id: string): boolean {
  return /^[1-9]\d{0,8}$/u.test(id);
}

/**
 * What Secret Manager calls the selected version. `latestEnabled` is not among its names.
 * @throws VersionNotFoundError for what no version can be called, before any request
 */
export function nativeSelector(
  selector: Exclude<VersionSelector, { kind: "latestEnabled" }>,
): string {
  switch (selector.kind) {
    case "latest":
      return "latest";
    case "id":
      if (isVersionId(selector.id)) return selector.id;
      break;
    case "stage":
      if (/^(?!(?:latest|NEW)$)[A-Za-z][A-Za-z0-9_-]{0,62}$/u.test(selector.stage)) {
        return selector.stage;
      }
  }
  throw versionNotFound();
}

/** Why a version was not found: there is no such secret, or no such version. */
export async function absence(
  context: SecretsContext,
  secretName: string,
  signal: Cancellation,
): Promise<SecretError> {
  const name = `${secretName}/versions/latest`;
  try {
    await context.service.call("getSecretVersion", { name }, signal);
    return versionNotFound();
  } catch (error) {
    if (isFailure(error, "NOT_FOUND")) return notFound();
    if (!isFailure(error, "PERMISSION_DENIED")) throw error;
  }
  // Those who may only read values can still see whether there is one.
  try {
    const { payload } = await context.service.call("accessSecretVersion", { name }, signal);
    if (payload?.data instanceof Uint8Array) payload.data.fill(0);
    return versionNotFound();
  } catch (error) {
    return isFailure(error, "NOT_FOUND") ? notFound() : versionNotFound();
  }
}

/** Why the version cannot be read. Its state is asked for; its text is for those who may not ask. */
export async function unreadable(
  context: SecretsContext,
  name: string,
  failure: ServiceFailure,
  signal: Cancellation,
): Promise<Error> {
  let state: string | undefined = failure.versionState;
  let isScheduled = false;
  try {
    const version = await context.service.call("getSecretVersion", { name }, signal);
    state = stateOf(version);
    isScheduled =
      version.scheduledDestroyTime !== null && version.scheduledDestroyTime !== undefined;
  } catch (error) {
    if (!isFailure(error, "PERMISSION_DENIED")) throw error;
  }
  if (state === "DISABLED") return disabled(isScheduled);
  if (state === "DESTROYED") return destroyed();
  // Enabled, but for instance its customer-managed key is not.
  return failure;
}

/** The newest version that can be read; undefined when there is none. */
export async function newestEnabled(
  context: SecretsContext,
  secretName: string,
  signal: Cancellation,
): Promise<string | undefined> {
  const { versions } = await context.service.call(
    "listSecretVersions",
    { parent: secretName, filter: "state:ENABLED", pageSize: 1, pageToken: "" },
    signal,
  );
  const [newest] = versions ?? [];
  return newest === undefined ? undefined : lastPart(newest.name);
}

/**
 * The version's name with its number, which methods that change a version ask for.
 * @throws NotFoundError, VersionNotFoundError
 */
export async function numberedName(
  context: SecretsContext,
  ref: SecretRef,
  signal: Cancellation,
): Promise<string> {
  const secretName = resourceName(context, ref.path);
  const selector = ref.version ?? { kind: "latest" };
  if (selector.kind === "id") return `${secretName}/versions/${nativeSelector(selector)}`;
  if (selector.kind === "latestEnabled") {
    const number = await newestEnabled(context, secretName, signal).catch((error: unknown) => {
      throw isFailure(error, "NOT_FOUND") ? notFound() : error;
    });
    if (number === undefined) throw versionNotFound();
    return `${secretName}/versions/${number}`;
  }
  try {
    const name = `${secretName}/versions/${nativeSelector(selector)}`;
    const version = await context.service.call("getSecretVersion", { name }, signal);
    return `${secretName}/versions/${lastPart(version.name)}`;
  } catch (error) {
    throw isFailure(error, "NOT_FOUND") ? await absence(context, secretName, signal) : error;
  }
}
