import { randomBytes } from "node:crypto";
import type { Clock } from "@kinko/core";
import { keyVaultLimits, type SecretParameters } from "./limits.js";
import {
  badParameter,
  conflict,
  deletedSecretNotFound,
  forbidden,
  secretNotFound,
} from "./protocol.js";

/** One version of a secret. Times are seconds since 1970, as everywhere in Key Vault. */
export interface StoredVersion {
  readonly id: string;
  readonly value: string;
  contentType: string | undefined;
  tags: Readonly<Record<string, string>> | undefined;
  enabled: boolean;
  nbf: number | undefined;
  exp: number | undefined;
  readonly created: number;
  updated: number;
}

/**
 * - `active`: readable and writable
 * - `deleting`, `recovering`, `purging`: on the way, until `untilMs`
 * - `deleted`: only to be recovered or purged
 */
type State = "active" | "deleting" | "deleted" | "recovering" | "purging";

/** A secret with its history, oldest version first. */
export interface StoredSecret {
  readonly name: string;
  readonly versions: StoredVersion[];
  state: State;
  /** When a transition ends, in milliseconds since 1970. */
  untilMs: number;
  deletedDate: number | undefined;
  scheduledPurgeDate: number | undefined;
}

/** How the vault behaves. */
export interface VaultSettings {
  readonly clock: Clock;
  /** How long deleting, recovering and purging take. */
  readonly transitionMs: number;
  readonly retentionDays: number;
  readonly purgeProtection: boolean;
}

/** The secrets of one vault and what may be done with them in which state. */
export class VaultState {
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #settings: VaultSettings;

  constructor(settings: VaultSettings) {
    this.#settings = settings;
  }

  /** Level that every answer names. */
  get recoveryLevel(): string {
    const level = this.#settings.retentionDays < 90 ? "CustomizedRecoverable" : "Recoverable";
    return this.#settings.purgeProtection ? level : `${level}+Purgeable`;
  }

  get retentionDays(): number {
    return this.#settings.retentionDays;
  }

  /** All that can be read, by name. */
  active(): StoredSecret[] {
    return this.#inState("active");
  }

  /** All that is soft-deleted, by name. */
  deleted(): StoredSecret[] {
    return this.#inState("deleted");
  }

  set(name: string, parameters: SecretParameters & { readonly value: string }): StoredVersion {
    const found = this.#find(name);
    if (found !== undefined) refuseUnlessActive(found, name);
    const secret = found ?? this.#add(name, []);
    const created = this.#nowSeconds();
    const { attributes, contentType, tags, value } = parameters;
    const version: StoredVersion = {
      id: randomBytes(16).toString("hex"),
      value,
      contentType,
      tags,
      enabled: attributes.enabled ?? true,
      nbf: attributes.nbf,
      exp: attributes.exp,
      created,
      updated: created,
    };
    secret.versions.push(version);
    return version;
  }

  /** The version with this id, or the newest for an empty one. */
  read(
    name: string,
    id: string,
  ): { readonly secret: StoredSecret; readonly version: StoredVersion } {
    const found = this.#require(name, id);
    // Reading is refused for disabled versions only: nbf and exp are there to inform.
    if (!found.version.enabled) {
      throw forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }
    return found;
  }

  /** Versions in the order of their ids, which is not the order of time. */
  versions(name: string): StoredVersion[] {
    const secret = this.#find(name);
    if (secret?.state !== "active") return [];
    return secret.versions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  update(
    name: string,
    id: string,
    parameters: SecretParameters,
  ): { readonly secret: StoredSecret; readonly version: StoredVersion } {
    const found = this.#require(name, id);
    const { version } = found;
    const { attributes, contentType, tags } = parameters;
    version.contentType = contentType ?? version.contentType;
    version.tags = tags ?? version.tags;
    version.enabled = attributes.enabled ?? version.enabled;
    version.nbf = attributes.nbf ?? version.nbf;
    version.exp = attributes.exp ?? version.exp;
    version.updated = this.#nowSeconds();
    return found;
  }

  delete(name: string): StoredSecret {
    const secret = this.#find(name);
    if (secret === undefined || secret.state === "deleted") throw secretNotFound(name);
    refuseUnlessActive(secret, name);
    secret.deletedDate = this.#nowSeconds();
    secret.scheduledPurgeDate = secret.deletedDate + this.#settings.retentionDays * 86_400;
    this.#move(secret, "deleting");
    return secret;
  }

  deletedSecret(name: string): StoredSecret {
    const secret = this.#find(name);
    if (secret?.state !== "deleted") throw deletedSecretNotFound(name);
    return secret;
  }

  recover(name: string): StoredSecret {
    const secret = this.#find(name);
    if (secret?.state === "deleting" || secret?.state === "purging") throw beingDeleted(name);
    const deleted = this.deletedSecret(name);
    this.#move(deleted, "recovering");
    deleted.deletedDate = undefined;
    deleted.scheduledPurgeDate = undefined;
    return deleted;
  }

  purge(name: string): void {
    const found = this.#find(name);
    if (found?.state === "deleting" || found?.state === "purging") throw beingDeleted(name);
    const secret = this.deletedSecret(name);
    if (this.#settings.purgeProtection) {
      throw forbidden(
        "Operation purge is not allowed because purge protection is enabled for this vault.",
        "ForbiddenByPolicy",
      );
    }
    this.#move(secret, "purging");
  }

  /** Everything of a secret, for a backup. */
  backup(name: string): StoredSecret {
    const { secret } = this.#require(name, "");
    if (secret.versions.length > keyVaultLimits.maxVersionsInBackup) {
      throw badParameter(
        `Secret has more than ${keyVaultLimits.maxVersionsInBackup} versions and cannot be backed up.`,
      );
    }
    return secret;
  }

  restore(name: string, versions: readonly StoredVersion[]): StoredSecret {
    const found = this.#find(name);
    if (found !== undefined) {
      refuseUnlessActive(found, name);
      throw conflict(`There was a conflict restoring the secret ${name}, which already exists.`);
    }
    return this.#add(
      name,
      versions.map((version) => ({ ...version })),
    );
  }

  #add(name: string, versions: StoredVersion[]): StoredSecret {
    const secret: StoredSecret = {
      name,
      versions,
      state: "active",
      untilMs: 0,
      deletedDate: undefined,
      scheduledPurgeDate: undefined,
    };
    this.#secrets.set(name.toLowerCase(), secret);
    return secret;
  }

  #require(
    name: string,
    id: string,
  ): { readonly secret: StoredSecret; readonly version: StoredVersion } {
    const secret = this.#find(name);
    if (secret?.state !== "active") throw secretNotFound(id === "" ? name : `${name}/${id}`);
    const version =
      id === ""
        ? secret.versions.at(-1)
        : secret.versions.find((candidate) => candidate.id === id.toLowerCase());
    if (version === undefined) throw secretNotFound(`${name}/${id}`);
    return { secret, version };
  }

  /** Names differ in more than the case of their letters. */
  #find(name: string): StoredSecret | undefined {
    const key = name.toLowerCase();
    const secret = this.#secrets.get(key);
    if (secret === undefined) return undefined;
    this.#settle(secret);
    return this.#secrets.get(key);
  }

  #inState(state: State): StoredSecret[] {
    for (const secret of this.#secrets.values()) this.#settle(secret);
    return [...this.#secrets.values()]
      .filter((secret) => secret.state === state)
      .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  }

  #move(secret: StoredSecret, state: State): void {
    secret.state = state;
    secret.untilMs = this.#settings.clock.now() + this.#settings.transitionMs;
    this.#settle(secret);
  }

  /** Ends a transition whose time has come, and what the retention period has outlived. */
  #settle(secret: StoredSecret): void {
    if (secret.state !== "active" && secret.state !== "deleted") {
      if (this.#settings.clock.now() < secret.untilMs) return;
      if (secret.state === "purging") this.#secrets.delete(secret.name.toLowerCase());
      secret.state = secret.state === "deleting" ? "deleted" : "active";
    }
    if (secret.state === "deleted" && (secret.scheduledPurgeDate ?? 0) <= this.#nowSeconds()) {
      this.#secrets.delete(secret.name.toLowerCase());
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#settings.clock.now() / 1_000);
  }
}

function refuseUnlessActive(secret: StoredSecret, name: string): void {
  switch (secret.state) {
    case "active":
      return;
    case "deleted":
      throw conflict(
        `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
        "ObjectIsDeletedButRecoverable",
      );
    case "recovering":
      throw conflict(`Secret ${name} is currently being recovered.`, "ObjectIsBeingRecovered");
    case "deleting":
    case "purging":
      throw beingDeleted(name);
  }
}

function beingDeleted(name: string): Error {
  return conflict(`Secret ${name} is currently being deleted.`, "ObjectIsBeingDeleted");
}
