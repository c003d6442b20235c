import { readFile } from "node:fs/promises";
import type { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { systemClock, type Clock } from "@kinko/core";
import { gcpError } from "../errors/gcp-error.js";
import type { GcpSettings } from "../settings.js";
import { createRestFetch, type RestFetch } from "./rest.js";
import { overGrpc, overRest, type CallStub, type NativeStub } from "./stub.js";

/** How long calls may go on over a connection that was replaced, in milliseconds. */
const retiredMs = 60_000;

/** The way to the service. The SDK and the certificate are loaded at the first call. */
export class Connection {
  readonly #settings: GcpSettings;
  readonly #clock: Clock;
  #stub: Promise<CallStub> | undefined;
  /** What calls go through now, once it is there. */
  #connected: Connected | undefined;
  /** What is open, and how it is closed. */
  readonly #closers = new Map<object, () => Promise<void> | void>();
  #isClosed = false;
  #clockSkewSeconds: number | undefined;

  constructor(settings: GcpSettings, clock: Clock = systemClock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** How far the service's clock is ahead; known over REST alone, and exact to a second. */
  get clockSkewSeconds(): number | undefined {
    return this.#clockSkewSeconds;
  }

  /** How to call the service. @throws ConfigError when the certificate cannot be read */
  stub(): Promise<CallStub> {
    if (this.#stub === undefined) {
      const connecting = this.#connect();
      this.#stub = connecting;
      // What failed once, such as a file that was not there yet, may work the next time.
      connecting.catch(() => {
        if (this.#stub === connecting) this.#stub = undefined;
      });
    }
    return this.#stub;
  }

  /**
   * A call by this stub was not answered in time. Over gRPC all calls share one connection, and
   * one whose other end is gone without a word would take every later call with it, for as long as
   * the system goes on sending into it: the next call connects anew. Calls under way go on.
   */
  renew(unanswered: CallStub): void {
    const connected = this.#connected;
    if (this.#settings.transport !== "grpc" || this.#isClosed) return;
    if (connected === undefined || connected.call !== unanswered) return;
    const { client } = connected;
    this.#stub = undefined;
    this.#connected = undefined;
    const cancel = this.#clock.schedule(retiredMs, () => {
      this.#closers.delete(client);
      void client.close();
    });
    this.#closers.set(client, () => {
      cancel();
      return client.close();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closers = [...this.#closers.values()];
    this.#closers.clear();
    this.#stub = undefined;
    this.#connected = undefined;
    for (const close of closers) await close();
  }

  async #connect(): Promise<CallStub> {
    const { host, port, transport } = this.#settings;
    const [{ SecretManagerServiceClient: Client }, ca] = await Promise.all([
      import("@google-cloud/secret-manager"),
      this.#readCa(),
    ]);
    const common = { apiEndpoint: host, port };
    const client = new Client({
      ...common,
      ...(transport === "rest" ? await this.#restOptions(ca) : await this.#grpcOptions(ca)),
    });
    // Left to its first method, a failure of this ends the process as an unhandled rejection.
    const stub = (await client.initialize()) as NativeStub;
    this.#closers.set(client, () => client.close());
    // Closed meanwhile: nobody else would end what was just opened.
    if (this.#isClosed) await this.close();
    const call =
      transport === "rest"
        ? overRest(stub)
        : overGrpc(stub, (await import("@grpc/grpc-js")).Metadata);
    this.#connected = { call, client };
    return call;
  }

  async #grpcOptions(ca: string | undefined): Promise<object> {
    const { credentials } = await import("@grpc/grpc-js");
    return {
      auth: headersOnly(),
      // Or a new client would share the connection of the one that it replaces.
      "grpc.use_local_subchannel_pool": 1,
      sslCreds: this.#settings.insecure
        ? credentials.createInsecure()
        : credentials.createSsl(ca === undefined ? null : Buffer.from(ca)),
    };
  }

  async #restOptions(ca: string | undefined): Promise<object> {
    const { insecure, proxy } = this.#settings;
    const rest = await createRestFetch({
      insecure,
      ca,
      proxy,
      onDate: (serverTimeMs) => {
        if (Number.isNaN(serverTimeMs)) return;
        this.#clockSkewSeconds = Math.round((serverTimeMs - this.#clock.now()) / 1_000);
      },
    });
    this.#closers.set(rest, rest.close);
    return {
      fallback: true,
      protocol: insecure ? "http" : "https",
      auth: headersOnly(rest.fetch),
    };
  }

  async #readCa(): Promise<string | undefined> {
    const { ca, caFile } = this.#settings;
    if (caFile === undefined) return ca;
    try {
      return await readFile(caFile, "utf8");
    } catch {
      throw gcpError("Config", "The file of tls.caFile cannot be read.", {
        reason: "ca-file",
        advice: "Check its path and its permissions.",
      });
    }
  }
}

interface Connected {
  readonly call: CallStub;
  readonly client: SecretManagerServiceClient;
}

/**
 * Stands where the SDK wants its auth object. Each call carries its token as a header, so the SDK
 * never looks for credentials, and never asks the metadata server whether there are any.
 */
function headersOnly(fetch?: RestFetch): object {
  const client = { getRequestHeaders: () => Promise.resolve(new Headers()) };
  return {
    getClient: () => Promise.resolve(client),
    getUniverseDomain: () => Promise.resolve(undefined),
    getRequestHeaders: client.getRequestHeaders,
    ...(fetch === undefined ? {} : { fetch }),
  };
}
