import * as v from "valibot";

const text = v.pipe(v.string(), v.minLength(1));

/** What every method that logs in takes. */
const loginEntries = {
  /** Where the auth method is mounted, below `auth/`. Default: the usual path of the method. */
  mount: v.optional(text),
  /** File that each new token is written to, mode 0600, for other programs. Default: none. */
  sinkFile: v.optional(text),
  /** Whether `close` revokes the token, and with it what was leased under it. Default true. */
  revokeOnClose: v.optional(v.boolean()),
};

const methods = [
  v.strictObject({
    method: v.literal("token"),
    /** Default: `VAULT_TOKEN`. */
    token: v.optional(text),
    /** Whether to renew it in a process that lives longer than some seconds. Default true. */
    renew: v.optional(v.boolean()),
  }),
  v.strictObject({
    method: v.literal("token-file"),
    /** Default: `~/.vault-token`. Read again whenever it changes. */
    file: v.optional(text),
  }),
  v.strictObject({
    method: v.literal("approle"),
    roleId: text,
    /** The secret id, or with `wrapped` the token that it is wrapped in. */
    secretId: v.optional(text),
    /** File that holds it instead. */
    secretIdFile: v.optional(text),
    /** Whether the secret id is wrapped. Default false. */
    wrapped: v.optional(v.boolean()),
    ...loginEntries,
  }),
  v.strictObject({
    method: v.literal("kubernetes"),
    role: text,
    /** Default: `/var/run/secrets/kubernetes.io/serviceaccount/token`. Read at each login. */
    tokenFile: v.optional(text),
    ...loginEntries,
  }),
  v.strictObject({
    method: v.literal("jwt"),
    /** Default: the default role of the method. */
    role: v.optional(text),
    /** The token, or … */
    jwt: v.optional(text),
    /** … the file that holds it, read at each login. */
    jwtFile: v.optional(text),
    ...loginEntries,
  }),
  v.strictObject({
    method: v.literal("userpass"),
    username: text,
    password: v.optional(text),
    /** File that holds it instead. */
    passwordFile: v.optional(text),
    ...loginEntries,
  }),
  v.strictObject({
    method: v.literal("cert"),
    /** Role to log in to. Default: Vault chooses by the certificate. */
    role: v.optional(text),
    ...loginEntries,
  }),
  v.strictObject({
    method: v.literal("aws"),
    /** Default: Vault chooses by the name of the principal. */
    role: v.optional(text),
    /** Region of the STS endpoint. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, else us-east-1. */
    region: v.optional(text),
    /** Value of the header that the method may demand against replay. */
    serverId: v.optional(text),
    /** Default: AWS's endpoint of the region. */
    stsEndpoint: v.optional(v.pipe(text, v.url())),
    /** Keys. Default: `AWS_ACCESS_KEY_ID` and its like, the container's, the instance's. */
    accessKeyId: v.optional(text),
    secretAccessKey: v.optional(text),
    sessionToken: v.optional(text),
    /** Instance metadata service. Default `http://169.254.169.254`. */
    metadataAddress: v.optional(v.pipe(text, v.url())),
    ...loginEntries,
  }),
  v.strictObject({
    method: v.literal("azure"),
    role: text,
    /** Audience that the method expects. Default `https://management.azure.com/`. */
    resource: v.optional(text),
    /** Which of several managed identities. */
    clientId: v.optional(text),
    /** Instance metadata service. Default `http://169.254.169.254`. */
    metadataAddress: v.optional(v.pipe(text, v.url())),
    ...loginEntries,
  }),
  v.strictObject({
    method: v.literal("gcp"),
    role: text,
    /** Key file of a service account, for roles of type `iam`. Default: the machine's identity. */
    credentialsFile: v.optional(text),
    /** Metadata service. Default `http://metadata.google.internal`. */
    metadataAddress: v.optional(v.pipe(text, v.url())),
    ...loginEntries,
  }),
] as const;

/** One way to authenticate. */
const method = v.variant("method", methods);

/** Options of `auth`: one method, or several in order. */
export const authOptions = v.variant("method", [
  ...methods,
  v.strictObject({
    method: v.literal("chain"),
    /** The first one that has credentials on this machine is used. */
    methods: v.pipe(v.array(method), v.minLength(1)),
  }),
]);

/** How to authenticate. */
export type VaultAuthOptions = v.InferOutput<typeof authOptions>;
/** How to authenticate, without a chain. */
export type VaultAuthMethodOptions = v.InferOutput<typeof method>;
