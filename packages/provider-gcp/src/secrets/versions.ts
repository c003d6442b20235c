import type {
  CallOptions,
  SecretRef,
  VersionInfo,
  VersionsCapability,
  VersionState,
} from "@kinko/core";
import type { NativeSecret, NativeVersion } from "../client/secret-manager.js";
import { malformedAnswer, notFound, unsupportedDeletion } from "../errors/absence.js";
import { isFailure } from "../errors/service-failure.js";
import { lastPart, resourceName, type SecretsContext } from "./context.js";
import { isVersionId, stateOf, type NativeState } from "./version-lookup.js";

/** Versions of one page; a secret seldom has more. */
const pageSize = 1_000;

const stateNames: Readonly<Record<NativeState, VersionState>> = {
  ENABLED: "enabled",
  DISABLED: "disabled",
  DESTROYED: "destroyed",
};

/** The history of secrets. Aliases are the stages. */
export function versionsCapability(context: SecretsContext): VersionsCapability {
  return {
    async list(ref, options) {
      try {
        return await listVersions(context, ref, options);
      } catch (error) {
        throw isFailure(error, "NOT_FOUND") ? notFound() : error;
      }
    },
    undelete: () => Promise.reject(unsupportedDeletion()),
  };
}

async function listVersions(
  context: SecretsContext,
  ref: SecretRef,
  { signal }: CallOptions,
): Promise<readonly VersionInfo[]> {
  const name = resourceName(context, ref.path);
  const reading = context.service.call("getSecret", { name }, signal);
  // Its failure is told where it is awaited; that of the list comes first.
  reading.catch(() => undefined);
  const versions = await allVersions(context, name, signal);
  if (versions.length === 0) throw notFound();
  const aliases = aliasesByNumber(await reading);
  return versions.map((version, index) => toInfo(version, index === 0, aliases));
}

async function allVersions(
  { service }: SecretsContext,
  parent: string,
  signal: AbortSignal,
): Promise<NativeVersion[]> {
  const all: NativeVersion[] = [];
  let pageToken = "";
  do {
    const answer = await service.call(
      "listSecretVersions",
      { parent, filter: "", pageSize, pageToken },
      signal,
    );
    all.push(...(answer.versions ?? []));
    pageToken = answer.nextPageToken ?? "";
  } while (pageToken !== "");
  return all;
}

function toInfo(
  version: NativeVersion,
  current: boolean,
  aliases: ReadonlyMap<string, readonly string[]>,
): VersionInfo {
  const id = lastPart(version.name);
  const state = stateOf(version);
  if (!isVersionId(id) || state === undefined) throw malformedAnswer();
  const createdAt = toDate(version.createTime);
  const deletedAt = toDate(version.destroyTime);
  return {
    id,
    state: stateNames[state],
    current,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    stages: aliases.get(id) ?? [],
  };
}

function aliasesByNumber({ versionAliases }: NativeSecret): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [alias, number] of Object.entries(versionAliases ?? {})) {
    const id = String(number);
    found.set(id, [...(found.get(id) ?? []), alias].toSorted());
  }
  return found;
}

/** A timestamp of a proto. */
export function toDate(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): Date | undefined {
  if (time === null || time === undefined) return undefined;
  const timeMs = Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1e6);
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs);
}
