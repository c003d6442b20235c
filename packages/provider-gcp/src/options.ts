import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const credentialOptions = v.variant("method", [
  /** Application Default Credentials: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's login, the machine's identity. */
  v.strictObject({ method: v.literal("default") }),
  /** A key file of a service account, or a file of workload identity federation. */
  v.strictObject({ method: v.literal("key-file"), file: text }),
  /** A token that somebody else obtained and renews. */
  v.strictObject({
    method: v.literal("access-token"),
    token: v.optional(text),
    /** File that holds it instead; read again at each call. */
    tokenFile: v.optional(text),
  }),
  /** Acts as another service account, with the default credentials as the caller. */
  v.strictObject({
    method: v.literal("impersonate"),
    /** Its address, such as `app@my-project.iam.gserviceaccount.com`. */
    serviceAccount: text,
  }),
]);

const tlsOptions = v.strictObject({
  /** PEM file with the certificate authority to trust instead of the system's. */
  caFile: v.optional(text),
  /** The same as PEM text; not together with `caFile`. */
  ca: v.optional(text),
});

const proxyOptions = v.strictObject({
  /** Such as `http://proxy.example.com:3128`, without credentials. */
  url: text,
  username: v.optional(text),
  password: v.optional(text),
});

/** Options of `provider: gcp`. Everything has a default but the project. */
export const gcpOptions = v.strictObject({
  /** Id or number. Default: `GOOGLE_CLOUD_PROJECT`, else `GCLOUD_PROJECT`. */
  project: v.optional(text),
  /** Such as `europe-west1` for regional secrets. Default: global secrets. */
  location: v.optional(text),
  /**
   * `encoded`: a path becomes a name that Secret Manager takes, `prod/app/db` → `prod__app__db`.
   * `raw`: a path of one segment is the name as it stands in the project. Default `encoded`.
   */
  naming: v.optional(v.picklist(["encoded", "raw"])),
  /** Default `grpc`; `rest` goes through proxies that know HTTP alone. */
  transport: v.optional(v.picklist(["grpc", "rest"])),
  /** Default: `{ method: default }`. */
  credential: v.optional(credentialOptions),
  /**
   * Whether annotations are kept as tags. A read then takes a second request, which counts against
   * the 600 reads a minute of a project and needs `secretmanager.secrets.get`. Default false.
   */
  tags: v.optional(v.boolean()),
  /** Regions that a new global secret is kept in. Default: wherever Google replicates it. */
  replicaLocations: v.optional(v.pipe(v.array(text), v.minLength(1))),
  /**
   * For new secrets: how long a destroyed version can still be enabled again, one day to 1,000.
   * Default: destroyed at once.
   */
  versionDestroyTtlSeconds: v.optional(v.pipe(count, v.minValue(86_400), v.maxValue(86_400_000))),
  /** Host without scheme and port. Default: `secretmanager.googleapis.com`, or the location's. */
  apiEndpoint: v.optional(text),
  /** Default 443. */
  port: v.optional(v.pipe(count, v.maxValue(65_535))),
  /** No TLS; only for a host that is this machine, such as `127.0.0.1`. Default false. */
  insecure: v.optional(v.boolean()),
  tls: v.optional(tlsOptions),
  /** For `transport: rest`. Default, over both: `HTTPS_PROXY` and `NO_PROXY`. */
  proxy: v.optional(proxyOptions),
});

/** Options of `provider: gcp`, as they are written in a config. */
export type GcpOptions = v.InferOutput<typeof gcpOptions>;
/** How to authenticate. */
export type GcpCredentialOptions = v.InferOutput<typeof credentialOptions>;
