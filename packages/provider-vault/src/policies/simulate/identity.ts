/** Whose token it is: what templates are filled in with. */
export interface PolicyIdentity {
  /** Absent: the token has no entity, and rules with its templates do not apply. */
  readonly entity?: PolicyEntity;
  /** All groups that the entity is in, also through other groups. */
  readonly groups?: readonly PolicyGroup[];
}

export interface PolicyEntity {
  readonly id: string;
  readonly name: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly aliases?: readonly PolicyAlias[];
}

export interface PolicyAlias {
  /** Accessor of the auth method's mount, such as `auth_userpass_1a2b3c4d`. */
  readonly mountAccessor: string;
  readonly id: string;
  readonly name: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly customMetadata?: Readonly<Record<string, string>>;
}

export interface PolicyGroup {
  readonly id: string;
  readonly name: string;
  readonly metadata?: Readonly<Record<string, string>>;
}
