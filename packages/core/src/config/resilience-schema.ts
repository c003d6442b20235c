import * as v from "valibot";
import { maxResilienceSeconds } from "../resilience/check-options.js";

const seconds = (least: number): v.GenericSchema<number> =>
  v.pipe(
    v.number(),
    v.minValue(least, `must be at least ${least} seconds`),
    v.maxValue(maxResilienceSeconds, `must be at most ${maxResilienceSeconds} seconds`),
  );
const count = (least: number, most: number): v.GenericSchema<number> =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const ratio = v.pipe(
  v.number(),
  v.minValue(0, "must be from 0 to 1"),
  v.maxValue(1, "must be from 0 to 1"),
);
const orFalse = <Schema extends v.GenericSchema>(
  schema: Schema,
): v.OptionalSchema<
  v.UnionSchema<[Schema, v.LiteralSchema<false, undefined>], undefined>,
  undefined
> => v.optional(v.union([schema, v.literal(false)]));

const retry = v.strictObject({
  maxRetries: v.optional(count(0, 20)),
  firstDelaySeconds: v.optional(seconds(0.001)),
  maxDelaySeconds: v.optional(seconds(0.001)),
  jitterRatio: v.optional(ratio),
});

const breaker = v.strictObject({
  failures: v.optional(count(1, 10_000)),
  openSeconds: v.optional(seconds(0.001)),
});

const cache = v.strictObject({
  ttlSeconds: v.optional(seconds(0.001)),
  maxStaleSeconds: v.optional(seconds(0)),
  refreshAheadRatio: v.optional(ratio),
  staleWaitSeconds: v.optional(seconds(0.001)),
  maxEntries: v.optional(count(1, 10_000_000)),
  maxBytes: v.optional(count(1, 2 ** 40)),
  paths: v.optional(
    v.array(
      v.strictObject({
        prefix: v.pipe(v.string(), v.nonEmpty("must not be empty")),
        ttlSeconds: v.optional(seconds(0.001)),
        maxStaleSeconds: v.optional(seconds(0)),
      }),
    ),
  ),
});

/** Schema of the block `resilience`, of the whole config and of each entry of `providers`. */
export const resilienceSchema = orFalse(
  v.strictObject({
    retry: orFalse(retry),
    breaker: orFalse(breaker),
    cache: orFalse(cache),
    failover: v.optional(v.array(v.pipe(v.string(), v.nonEmpty("must not be empty")))),
    failoverWrites: v.optional(v.boolean()),
  }),
);
