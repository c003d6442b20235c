import * as v from "valibot";
import { leasesSchema } from "./leases-schema.js";
import { resilienceSchema } from "./resilience-schema.js";

const name = v.pipe(v.string(), v.nonEmpty("must not be empty"));

/** Schema of the config file; the options of providers are checked by their own schemas. */
export const configSchema = v.strictObject({
  $schema: v.optional(v.string()),
  provider: v.optional(name),
  providers: v.optional(
    v.record(name, v.looseObject({ use: v.optional(name), resilience: resilienceSchema })),
  ),
  routes: v.optional(v.array(v.strictObject({ prefix: name, provider: name }))),
  resilience: resilienceSchema,
  leases: leasesSchema,
  timeoutMs: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number of milliseconds"),
      v.minValue(1, "must be at least 1 ms"),
      v.maxValue(2 ** 31 - 1, "must be below 2^31 ms"),
    ),
  ),
});
