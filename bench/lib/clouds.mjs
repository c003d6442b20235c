import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { workspaceRoot } from "../../tools/lib/workspace.mjs";

/** @typedef {import("./cloud-servers.mjs").CloudServers} Addresses */
/** @typedef {import("./cloud-servers.mjs").RequestTimes} RequestTimes */
/** @typedef {{ text(): string }} Secret */
/** @typedef {{ ca: string, caFile: string, certificateFile: string, keyFile: string }} Certificates */

/**
 * The parts of the portable store that are measured.
 *
 * @typedef {object} SecretStore
 * @property {(ref: string) => Promise<Secret>} get
 * @property {(refs: string[], options: { timeoutMs: number }) => Promise<Map<string, Secret>>} getMany
 * @property {(ref: string, value: string) => Promise<unknown>} put
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Servers
 * @property {Addresses} addresses
 * @property {string} motoAddress
 * @property {() => Promise<RequestTimes>} requestTimes of all requests so far
 * @property {() => void} stop
 */

/**
 * One service, by Kinko and by its bare SDK.
 *
 * @typedef {object} Cloud
 * @property {"aws" | "azure" | "gcp"} name
 * @property {Record<string, { kinko: () => Promise<void>, sdk: () => Promise<void> }>} calls
 * @property {SecretStore} near
 * @property {SecretStore} far through the slow line
 * @property {() => Promise<void>} close
 */

/**
 * Starts the in-process services and the slow lines in a process of their own.
 *
 * @param {{ motoAddress: string, delayMs: number, tls: Certificates }} options
 * @returns {Promise<Servers>}
 */
export async function startCloudServers({ motoAddress, delayMs, tls }) {
  const child = fork(fileURLToPath(new URL("cloud-servers.mjs", import.meta.url)), [
    new URL(motoAddress).port,
    String(delayMs),
    tls.certificateFile,
    tls.keyFile,
  ]);
  const early = once(child, "exit").then(() => {
    throw new Error("The servers ended before they were ready.");
  });
  const [addresses] = /** @type {[Addresses]} */ (
    await Promise.race([once(child, "message"), early])
  );
  early.catch(() => undefined);
  return {
    addresses,
    motoAddress,
    async requestTimes() {
      child.send("requests");
      const [times] = /** @type {[RequestTimes]} */ (await once(child, "message"));
      return times;
    },
    stop: () => child.disconnect(),
  };
}

/**
 * @param {{ servers: Servers, tls: Certificates, folder: string }} options
 * @returns {Promise<Cloud[]>}
 */
export async function openClouds({ servers: { addresses, motoAddress }, tls, folder }) {
  return [
    await openAws(motoAddress, addresses.aws, folder),
    await openAzure(addresses.azure, tls, folder),
    await openGoogle(addresses.gcp, folder),
  ];
}

const value = "a value that only this run knows";

/** @param {unknown} read */
function expectValue(read) {
  if (read !== value) throw new Error("Another value was read than was written.");
}

/** Secrets that are written in turn: a server may get slower with each version that one of them has. */
const written = Array.from({ length: 100 }, (_, index) => `write-${index}`);

/** Gives the name of the next secret to write, from the first on again. */
function namesInTurn() {
  let next = 0;
  return () => written[next++ % written.length] ?? "";
}

/**
 * @param {SecretStore} store
 * @param {() => Promise<unknown>} read
 * @param {(name: string) => Promise<unknown>} write of a secret in the folder `bench`
 */
async function readAndWrite(store, read, write) {
  await store.put("bench/read", value);
  for (const name of written) await store.put(`bench/${name}`, value);
  const ofKinko = namesInTurn();
  const ofSdk = namesInTurn();
  return {
    get: {
      kinko: async () => expectValue((await store.get("bench/read")).text()),
      sdk: async () => expectValue(await read()),
    },
    put: {
      kinko: async () => void (await store.put(`bench/${ofKinko()}`, value)),
      sdk: async () => void (await write(ofSdk())),
    },
  };
}

/**
 * @param {string} endpoint
 * @param {Addresses["aws"]} slow
 * @param {string} folder
 * @returns {Promise<Cloud>}
 */
async function openAws(endpoint, { slowPort }, folder) {
  const credentials = { accessKeyId: "AKIABENCH", secretAccessKey: "bench" };
  const options = { region: "eu-central-1", credentials };
  // Tags are a request of their own, which the SDK's read does not make.
  const near = await openStore("aws", { ...options, endpoint, readTags: false }, folder);
  const withTags = await openStore("aws", { ...options, endpoint }, folder);
  const slow = `http://127.0.0.1:${slowPort}`;
  const far = await openStore("aws", { ...options, endpoint: slow, readTags: false }, folder);
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const { SecretsManager } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManager({ ...options, endpoint, maxAttempts: 1 });
  const read = async () =>
    (await client.getSecretValue({ SecretId: "bench/read", VersionStage: "AWSCURRENT" }))
      .SecretString;
  /** @param {string} name */
  const write = (name) => client.putSecretValue({ SecretId: `bench/${name}`, SecretString: value });
  const calls = {
    ...(await readAndWrite(near, read, write)),
    "get-with-tags": {
      kinko: async () => expectValue((await withTags.get("bench/read")).text()),
      sdk: async () => {
        const [text] = await Promise.all([
          read(),
          client.describeSecret({ SecretId: "bench/read" }),
        ]);
        expectValue(text);
      },
    },
  };
  return {
    name: "aws",
    calls,
    near,
    far,
    async close() {
      client.destroy();
      await Promise.all([near, withTags, far].map((store) => store.close()));
    },
  };
}

/**
 * @param {Addresses["azure"]} addresses
 * @param {Certificates} tls
 * @param {string} folder
 * @returns {Promise<Cloud>}
 */
async function openAzure({ port, slowPort, token }, { ca }, folder) {
  const vaultUrl = `https://127.0.0.1:${port}`;
  const options = {
    credential: { method: "access-token", token },
    verifyChallengeResource: false,
    // To keep old tags costs a read before each write, which the SDK does not make.
    carryTags: false,
    tls: { ca },
  };
  const near = await openStore("azure", { ...options, vaultUrl }, folder);
  const slow = `https://127.0.0.1:${slowPort}`;
  const far = await openStore("azure", { ...options, vaultUrl: slow }, folder);
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const credential = {
    getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const client = new SecretClient(vaultUrl, credential, {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca },
    retryOptions: { maxRetries: 0 },
  });
  const read = async () => (await client.getSecret("bench--read")).value;
  /** @param {string} name */
  const write = (name) => client.setSecret(`bench--${name}`, value, { contentType: "text/plain" });
  const calls = await readAndWrite(near, read, write);
  return {
    name: "azure",
    calls,
    near,
    far,
    close: async () => void (await Promise.all([near, far].map((store) => store.close()))),
  };
}

/**
 * @param {Addresses["gcp"]} addresses
 * @param {string} folder
 * @returns {Promise<Cloud>}
 */
async function openGoogle({ port, slowPort, project, token }, folder) {
  const options = {
    project,
    credential: { method: "access-token", token },
    apiEndpoint: "127.0.0.1",
    insecure: true,
  };
  const near = await openStore("gcp", { ...options, port }, folder);
  const far = await openStore("gcp", { ...options, port: slowPort }, folder);
  const { SecretManagerServiceClient } = await import("@google-cloud/secret-manager");
  const { credentials } = await import("@grpc/grpc-js");
  const { OAuth2Client } = await import("google-auth-library");
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: token });
  const client = new SecretManagerServiceClient({
    apiEndpoint: "127.0.0.1",
    port,
    sslCreds: credentials.createInsecure(),
    authClient,
  });
  // An insecure connection carries no credentials of the SDK's own; the header is what they would be.
  const call = { otherArgs: { headers: { authorization: `Bearer ${token}` } }, retry: null };
  const parent = `projects/${project}/secrets`;
  const read = async () => {
    const name = `${parent}/bench__read/versions/latest`;
    const [answer] = await client.accessSecretVersion({ name }, call);
    return Buffer.from(answer.payload?.data ?? "").toString("utf8");
  };
  const data = Buffer.from(value);
  /** @param {string} name */
  const write = (name) =>
    client.addSecretVersion({ parent: `${parent}/bench__${name}`, payload: { data } }, call);
  const calls = await readAndWrite(near, read, write);
  return {
    name: "gcp",
    calls,
    near,
    far,
    async close() {
      await client.close();
      await Promise.all([near, far].map((store) => store.close()));
    },
  };
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} options
 * @param {string} folder
 * @returns {Promise<SecretStore>}
 */
async function openStore(name, options, folder) {
  const { createStore, silentLogger, systemClock } = await built("core");
  const { provider } = await built(`provider-${name}`);
  const context = {
    clock: systemClock,
    logger: silentLogger,
    directory: folder,
    env: {},
    timeoutMs: 30_000,
  };
  return createStore(name, await provider.create(options, context), { timeoutMs: 30_000 });
}

/** @param {string} folder */
function built(folder) {
  return import(pathToFileURL(join(workspaceRoot, "packages", folder, "dist/index.js")).href);
}
