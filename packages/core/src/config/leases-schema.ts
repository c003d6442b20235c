import * as v from "valibot";
import { maxOptionMs } from "../leases/options.js";

const milliseconds = v.pipe(
  v.number(),
  v.minValue(0, "must be at least 0 ms"),
  v.maxValue(maxOptionMs, "must be at most a day in milliseconds"),
);
const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));

/** Schema of the block `leases`. */
export const leasesSchema = v.optional(
  v.strictObject({
    overlapMs: v.optional(milliseconds),
    callTimeoutMs: v.optional(milliseconds),
    closeTimeoutMs: v.optional(milliseconds),
    journal: v.optional(
      v.strictObject({
        directory: text,
        scope: v.optional(text),
        exclusive: v.optional(v.boolean()),
      }),
    ),
  }),
);
