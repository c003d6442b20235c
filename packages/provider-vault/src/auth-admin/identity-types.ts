import type { VaultCallOptions } from "../engine/engine-calls.js";

/** Somebody, however they log in; templated policies speak of them. */
export interface EntitySettings {
  readonly policies?: readonly string[] | undefined;
  /** For `{{identity.entity.metadata.NAME}}`. Replaces all. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Tokens of a disabled entity are refused. */
  readonly disabled?: boolean | undefined;
}

/** An entity as Vault knows it. */
export interface Entity extends Required<EntitySettings> {
  readonly id: string;
  readonly name: string;
  readonly groupIds: readonly string[];
  readonly aliases: readonly EntityAlias[];
  readonly createdAt: Date | undefined;
}

/** A login of an entity at one auth method. */
export interface EntityAlias {
  readonly id: string;
  /** Name at the auth method, such as a user name or role id. */
  readonly name: string;
  readonly mountAccessor: string;
}

/** Some entities that share policies. */
export interface GroupSettings {
  /** `internal` (default) has members here; `external` is that of an auth method, by an alias. */
  readonly type?: "internal" | "external" | undefined;
  readonly policies?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly memberEntityIds?: readonly string[] | undefined;
  readonly memberGroupIds?: readonly string[] | undefined;
}

/** A group as Vault knows it. */
export interface Group extends Required<GroupSettings> {
  readonly id: string;
  readonly name: string;
}

/** Entities and their aliases. */
export interface EntityAdmin {
  /** Makes or changes one; what is not given stays. Returns its id. */
  write(name: string, entity: EntitySettings, options?: VaultCallOptions): Promise<string>;
  /** @throws NotFoundError */
  read(name: string, options?: VaultCallOptions): Promise<Entity>;
  list(options?: VaultCallOptions): Promise<readonly string[]>;
  delete(name: string, options?: VaultCallOptions): Promise<void>;
  /** Ties a login to an entity. Returns the id of the alias. */
  writeAlias(
    alias: {
      readonly entityId: string;
      /** Name at the auth method. */
      readonly name: string;
      /** Accessor of the auth method; see `authAdmin.list`. */
      readonly mountAccessor: string;
    },
    options?: VaultCallOptions,
  ): Promise<string>;
  /** By its id. @throws NotFoundError */
  deleteAlias(id: string, options?: VaultCallOptions): Promise<void>;
}

/** Groups. */
export interface GroupAdmin {
  /** Makes or changes one; what is not given stays. Returns its id. */
  write(name: string, group: GroupSettings, options?: VaultCallOptions): Promise<string>;
  /** @throws NotFoundError */
  read(name: string, options?: VaultCallOptions): Promise<Group>;
  list(options?: VaultCallOptions): Promise<readonly string[]>;
  delete(name: string, options?: VaultCallOptions): Promise<void>;
  /** Ties an external group to one of an auth method, such as a claim of a JWT. */
  writeAlias(
    alias: { readonly groupId: string; readonly name: string; readonly mountAccessor: string },
    options?: VaultCallOptions,
  ): Promise<string>;
}
