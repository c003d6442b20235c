import * as v from "valibot";

const count = (least: number): v.GenericSchema<number> =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
  );

/** Options of the provider `memory`. */
export const memoryOptions = v.strictObject({
  /** Versions kept of each secret; the oldest go first. Default 100. */
  maxVersions: v.optional(count(1)),
  /** Largest value in bytes. Default 1 MiB. */
  maxValueBytes: v.optional(count(1)),
  /** How long each call takes on the clock, in milliseconds. Default 0. */
  latencyMs: v.optional(count(0)),
  /** Operations that are allowed; the others fail with PermissionDenied. Default: all. */
  allow: v.optional(v.array(v.picklist(["get", "put", "delete", "list"]))),
  /** Roles that issue credentials, by path, such as `database/creds/readonly`. Default: none. */
  dynamicRoles: v.optional(
    v.record(
      v.string(),
      v.strictObject({
        /** Life of credentials until they are renewed, in seconds. Default 3,600. */
        defaultTtlSeconds: v.optional(count(1)),
        /** Longest life, however often they are renewed, in seconds. Default 86,400. */
        maxTtlSeconds: v.optional(count(1)),
        /** Default true. */
        renewable: v.optional(v.boolean()),
      }),
    ),
  ),
  /** What is there from the start, by the text form of the path; objects become JSON secrets. */
  secrets: v.optional(v.record(v.string(), v.unknown())),
});

/** Checked options of the provider `memory`. */
export type MemoryOptions = v.InferOutput<typeof memoryOptions>;

/** Defaults of {@link MemoryOptions}. */
export const memoryDefaults = {
  maxVersions: 100,
  maxValueBytes: 1024 * 1024,
  latencyMs: 0,
} as const;
