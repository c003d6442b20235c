import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));

/** Options of `provider: aws`. All have defaults; AWS's own variables and files supply most of them. */
export const awsOptions = v.strictObject({
  /** Such as `eu-central-1`. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's. */
  region: v.optional(text),
  /** Profile of the AWS configuration files; also for SSO and for assuming a role. Default: `AWS_PROFILE`. */
  profile: v.optional(text),
  /** Fixed credentials instead of AWS's chain (variables, profile, SSO, web identity, container, instance). */
  credentials: v.optional(
    v.strictObject({
      accessKeyId: text,
      secretAccessKey: text,
      /** With temporary credentials. */
      sessionToken: v.optional(text),
    }),
  ),
  /**
   * Address of a VPC endpoint or of an emulator.
   * Default: `AWS_ENDPOINT_URL_SECRETS_MANAGER`, `AWS_ENDPOINT_URL`, the profile's, or the region's.
   */
  endpoint: v.optional(text),
  /** Proxy to go through, such as `http://proxy.example.com:3128`. Default: none. */
  proxy: v.optional(text),
  /** PEM file with the authority to trust instead of the system's. Default: `AWS_CA_BUNDLE`. */
  caFile: v.optional(text),
  /**
   * `encoded` writes what AWS does not take in names as `=` and two hex digits; `raw` uses names as
   * they are, for secrets that were named by others. Default `encoded`.
   */
  naming: v.optional(v.picklist(["encoded", "raw"])),
  /** Native text before every name, ending in a slash, such as `team-a/`. Default: none. */
  prefix: v.optional(text),
  /** KMS key of secrets that are created. Default: the account's `aws/secretsmanager`. */
  kmsKeyId: v.optional(text),
  /** Days for which a soft delete can be undone, 7 to 30. Default 30. */
  recoveryWindowDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(7), v.maxValue(30))),
  /** What a write to a soft-deleted secret does: bring it back first, or fail. Default `recover`. */
  onDeleted: v.optional(v.picklist(["recover", "fail"])),
  /**
   * Whether a read of one secret brings its tags, which costs a second request beside the first.
   * Default true.
   */
  readTags: v.optional(v.boolean()),
});

/** Options of `provider: aws`, as they are written in a config. */
export type AwsOptions = v.InferOutput<typeof awsOptions>;
