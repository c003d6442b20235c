import type {
  Secret,
  SecretErrorCode,
  SecretKind,
  VersionInfo,
  VersionSelector,
} from "@kinko/core";

interface StoredVersion {
  readonly id: string;
  readonly kind: SecretKind;
  readonly bytes: Buffer;
  readonly createdAt: Date;
  state: "enabled" | "deleted" | "destroyed";
  deletedAt: Date | undefined;
}

/** A version that can be read. The bytes are the history's own: copy them. */
export type ReadableVersion = Readonly<Pick<StoredVersion, "id" | "kind" | "bytes" | "createdAt">>;

/** All versions of one secret, oldest first, and its tags. */
export class History {
  readonly #versions: StoredVersion[] = [];
  #written = 0;
  tags: Readonly<Record<string, string>> = {};

  get newest(): VersionInfo | undefined {
    return this.list()[0];
  }

  /** Adds a version, and drops the oldest beyond `maxVersions`. Returns its id. */
  add(value: Secret, nowMs: number, maxVersions: number): string {
    this.#written += 1;
    const id = String(this.#written);
    this.#versions.push({
      id,
      kind: value.kind,
      bytes: value.bytes(),
      createdAt: new Date(nowMs),
      state: "enabled",
      deletedAt: undefined,
    });
    while (this.#versions.length > maxVersions) this.#versions.shift()?.bytes.fill(0);
    return id;
  }

  /** @throws VersionNotFoundError, DeletedError, DestroyedError */
  read(selector: VersionSelector | undefined): ReadableVersion {
    const version =
      selector?.kind === "latestEnabled"
        ? (this.#versions.findLast(({ state }) => state === "enabled") ?? this.#find(undefined))
        : this.#find(selector);
    if (version.state === "deleted") throw failure("Deleted");
    if (version.state === "destroyed") throw failure("Destroyed");
    return version;
  }

  /** @throws VersionNotFoundError, DeletedError, DestroyedError */
  softDelete(selector: VersionSelector | undefined, nowMs: number): void {
    const version = this.#find(selector);
    if (version.state === "deleted") throw failure("Deleted");
    if (version.state === "destroyed") throw failure("Destroyed");
    version.state = "deleted";
    version.deletedAt = new Date(nowMs);
  }

  /** @throws VersionNotFoundError, DestroyedError */
  undelete(selector: VersionSelector | undefined): void {
    const version = this.#find(selector);
    if (version.state === "destroyed") throw failure("Destroyed");
    version.state = "enabled";
    version.deletedAt = undefined;
  }

  /** Erases the data of one version; its number remains. @throws VersionNotFoundError */
  destroy(selector: VersionSelector | undefined): void {
    const version = this.#find(selector);
    version.bytes.fill(0);
    version.state = "destroyed";
  }

  /** Erases everything. */
  erase(): void {
    for (const { bytes } of this.#versions) bytes.fill(0);
    this.#versions.length = 0;
  }

  /** Newest first. */
  list(): VersionInfo[] {
    const current = this.#versions.at(-1)?.id;
    return this.#versions.toReversed().map((version) => ({
      id: version.id,
      state: version.state,
      current: version.id === current,
      createdAt: version.createdAt,
      ...(version.deletedAt === undefined ? {} : { deletedAt: version.deletedAt }),
      stages: [],
    }));
  }

  #find(selector: VersionSelector | undefined): StoredVersion {
    const version =
      selector?.kind === "id"
        ? this.#versions.find(({ id }) => id === selector.id)
        : selector?.kind === "stage"
          ? undefined
          : this.#versions.at(-1);
    if (version === undefined) throw failure("VersionNotFound");
    return version;
  }
}

/** A raw failure, as an SDK would throw it; the provider classifies it. */
export class MemoryFault extends Error {
  readonly code: SecretErrorCode;

  constructor(code: SecretErrorCode) {
    super(`memory: ${code}`);
    this.name = "MemoryFault";
    this.code = code;
  }
}

/** The failure of a code. */
export function failure(code: SecretErrorCode): MemoryFault {
  return new MemoryFault(code);
}
