import { Secret, type CryptoCallOptions } from "@kinko/core";
import { isObject, type JsonObject } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";
import { underDeadline } from "../engine/deadline.js";
import { parseTransitKey } from "./parse-key.js";
import { textOf, type TransitContext } from "./transit-context.js";
import {
  transitKeyTypes,
  type CreateTransitKeyOptions,
  type TransitExport,
  type TransitKey,
  type TransitKeyConfig,
} from "./types.js";
import { secretOf } from "./values.js";

/** Administration of the engine and its keys. */
export class TransitKeys {
  readonly #context: TransitContext;

  constructor(context: TransitContext) {
    this.#context = context;
  }

  async enable(call: CryptoCallOptions = {}): Promise<{ readonly created: boolean }> {
    const { client, mount } = this.#context;
    return underDeadline(this.#context, call, async (signal) => {
      const answer = await client.request({
        method: "POST",
        path: `sys/mounts/${mount}`,
        body: { type: "transit" },
        signal,
        accept: [400],
      });
      if (answer.status < 300) return { created: true };
      if (!answer.errors.some((text) => /path is already in use/u.test(text))) {
        throw client.errorOf(answer);
      }
      const found = await client.request({
        method: "GET",
        path: `sys/internal/ui/mounts/${mount}`,
        signal,
      });
      if (found.data?.["type"] === "transit") return { created: false };
      throw vaultError("AlreadyExists", "Another engine is mounted there.", {
        operation: "enable",
        ref: decodeURIComponent(mount),
        reason: "mount-in-use",
        field: "mount",
        advice: "Choose another path.",
      });
    });
  }

  async createKey(key: string, options: CreateTransitKeyOptions = {}): Promise<TransitKey> {
    const place = this.#context.place("createKey", key);
    const body = creationBody(options);
    return underDeadline(this.#context, options, async (signal) => {
      // Vault answers a second creation with success, whatever it was asked for.
      const known = await this.#exists(key, signal);
      if (known) {
        throw vaultError("AlreadyExists", "There is a key of this name already.", {
          ...place,
          reason: "key-exists",
          field: "key",
          advice: "Choose another name, or rotate this one.",
        });
      }
      const path = `keys/${key}`;
      const { data } = await this.#context.send(place, { method: "POST", path, body, signal });
      return parseTransitKey(key, data ?? {});
    });
  }

  async readKey(key: string, call: CryptoCallOptions = {}): Promise<TransitKey> {
    const place = this.#context.place("readKey", key);
    return parseTransitKey(
      key,
      await this.#context.ask(place, call, { method: "GET", path: `keys/${key}` }),
    );
  }

  async listKeys(call: CryptoCallOptions = {}): Promise<readonly string[]> {
    const place = this.#context.place("listKeys");
    return underDeadline(this.#context, call, async (signal) => {
      const { client, mount } = this.#context;
      const path = `${mount}/keys?list=true`;
      const answer = await client.request({ method: "GET", path, signal, accept: [404] });
      // Without any key Vault answers 404, as it does for a mount that is not there.
      if (answer.status === 404 && answer.errors.length > 0) {
        await this.#context.send(place, { method: "GET", path: "keys?list=true", signal });
      }
      const keys = answer.data?.["keys"];
      return Array.isArray(keys) ? keys.filter((name) => typeof name === "string") : [];
    });
  }

  async configureKey(
    key: string,
    config: TransitKeyConfig,
    call: CryptoCallOptions = {},
  ): Promise<TransitKey> {
    const place = this.#context.place("configureKey", key);
    const body = configBody(config);
    await this.#context.ask(place, call, { method: "POST", path: `keys/${key}/config`, body });
    return this.readKey(key, call);
  }

  async rotateKey(key: string, call: CryptoCallOptions = {}): Promise<TransitKey> {
    const place = this.#context.place("rotateKey", key);
    await this.#context.ask(place, call, { method: "POST", path: `keys/${key}/rotate`, body: {} });
    return this.readKey(key, call);
  }

  async trimKey(
    key: string,
    minAvailableVersion: number,
    call: CryptoCallOptions = {},
  ): Promise<TransitKey> {
    const place = this.#context.place("trimKey", key);
    const body = { min_available_version: version(minAvailableVersion, "minAvailableVersion") };
    await this.#context.ask(place, call, { method: "POST", path: `keys/${key}/trim`, body });
    return this.readKey(key, call);
  }

  async deleteKey(key: string, call: CryptoCallOptions = {}): Promise<void> {
    const place = this.#context.place("deleteKey", key);
    await this.#context.ask(place, call, { method: "DELETE", path: `keys/${key}` });
  }

  async exportKey(
    key: string,
    kind: TransitExport,
    options: CryptoCallOptions & { readonly version?: number | "latest" | undefined } = {},
  ): Promise<ReadonlyMap<number, Secret>> {
    const place = this.#context.place("exportKey", key);
    const { version: wanted } = options;
    const suffix =
      wanted === undefined ? "" : `/${wanted === "latest" ? wanted : version(wanted, "version")}`;
    const data = await this.#context.ask(place, options, {
      method: "GET",
      path: `export/${kind}/${key}${suffix}`,
    });
    const keys = isObject(data["keys"]) ? data["keys"] : {};
    return new Map(
      Object.entries(keys).flatMap(([number, text]) =>
        typeof text === "string" ? [[Number(number), materialOf(text)] as const] : [],
      ),
    );
  }

  async backupKey(key: string, call: CryptoCallOptions = {}): Promise<Secret> {
    const place = this.#context.place("backupKey", key);
    const data = await this.#context.ask(place, call, { method: "GET", path: `backup/${key}` });
    return Secret.text(textOf(data, "backup", place));
  }

  async restoreKey(
    key: string,
    backup: Secret,
    options: CryptoCallOptions & { readonly force?: boolean | undefined } = {},
  ): Promise<void> {
    const place = this.#context.place("restoreKey", key);
    const body = { backup: backup.text(), force: options.force === true };
    await this.#context.ask(place, options, { method: "POST", path: `restore/${key}`, body });
  }

  async #exists(key: string, signal: AbortSignal): Promise<boolean> {
    const { client, mount } = this.#context;
    const answer = await client.request({
      method: "GET",
      path: `${mount}/keys/${key}`,
      signal,
      // Who may not look may still create.
      accept: [403, 404],
    });
    return answer.status < 300;
  }
}

/** Symmetric keys are base64, asymmetric ones PEM. */
function materialOf(text: string): Secret {
  return text.startsWith("-----BEGIN") ? Secret.text(text) : secretOf(text);
}

function creationBody(options: CreateTransitKeyOptions): JsonObject {
  const { type = "aes256-gcm96", derived, convergent, exportable, allowPlaintextBackup } = options;
  const { keySizeBytes, autoRotatePeriodSeconds } = options;
  if (!transitKeyTypes.includes(type)) {
    throw invalid("type", "invalid-key-type", `Choose one of ${transitKeyTypes.join(", ")}.`);
  }
  if (convergent === true && derived !== true) {
    throw invalid("convergent", "convergent-needs-derived", "Set derived as well.");
  }
  if (keySizeBytes !== undefined && type !== "hmac") {
    throw invalid("keySizeBytes", "invalid-key-size", "Only keys of type hmac have a size.");
  }
  return {
    type,
    ...given("derived", derived),
    ...given("convergent_encryption", convergent),
    ...given("exportable", exportable),
    ...given("allow_plaintext_backup", allowPlaintextBackup),
    ...(autoRotatePeriodSeconds === undefined
      ? {}
      : { auto_rotate_period: period(autoRotatePeriodSeconds) }),
    ...(type === "hmac" ? { key_size: keySizeBytes ?? 32 } : {}),
  };
}

function configBody(config: TransitKeyConfig): JsonObject {
  const { minDecryptionVersion, minEncryptionVersion, autoRotatePeriodSeconds } = config;
  const body = {
    ...(minDecryptionVersion === undefined
      ? {}
      : { min_decryption_version: version(minDecryptionVersion, "minDecryptionVersion") }),
    ...(minEncryptionVersion === undefined
      ? {}
      : { min_encryption_version: version(minEncryptionVersion, "minEncryptionVersion") }),
    ...given("deletion_allowed", config.deletionAllowed),
    ...given("exportable", config.exportable),
    ...given("allow_plaintext_backup", config.allowPlaintextBackup),
    ...(autoRotatePeriodSeconds === undefined
      ? {}
      : { auto_rotate_period: period(autoRotatePeriodSeconds) }),
  };
  if (Object.keys(body).length > 0) return body;
  throw invalid("config", "nothing-to-change", "Name a setting to change.");
}

function given(name: string, value: boolean | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}

function period(seconds: number): string {
  if (seconds === 0 || (Number.isInteger(seconds) && seconds >= 3_600)) return `${seconds}s`;
  throw invalid(
    "autoRotatePeriodSeconds",
    "auto-rotate-period",
    "Set 3600 or more, or 0 to switch it off.",
  );
}

function version(number: number, field: string): number {
  if (Number.isInteger(number) && number >= 0 && number < 1e9) return number;
  throw invalid(field, "invalid-key-version", "Write a whole number from 0.");
}

function invalid(field: string, reason: string, advice: string): Error {
  return vaultError("InvalidValue", `The setting ${field} of the key is not valid.`, {
    reason,
    field,
    advice,
  });
}
