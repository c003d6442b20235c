import type { JsonObject } from "../client/answer.js";
import { vaultError } from "../errors/vault-error.js";
import type { EngineCalls, VaultCallOptions } from "./engine-calls.js";
import { keysOf } from "./fields.js";
import { encodeName } from "./names.js";

/** Named things at one path of an engine, such as the roles of an auth method. */
export class EngineRecords {
  readonly #calls: EngineCalls;
  readonly #path: string;
  readonly #noun: string;
  readonly #label: string;

  /** @param path encoded, such as `auth/approle/role`; @param noun such as `role` */
  constructor(
    calls: EngineCalls,
    options: { readonly path: string; readonly noun: string; readonly label: string },
  ) {
    this.#calls = calls;
    this.#path = options.path;
    this.#noun = options.noun;
    this.#label = options.label;
  }

  /** Encoded path of one. @throws InvalidRefError */
  pathOf(name: string): string {
    return `${this.#path}/${encodeName(name, this.#noun)}`;
  }

  place(verb: string, name?: string): { readonly operation: string; readonly ref?: string } {
    const operation = `${verb}${this.#label}`;
    const base = decodeURIComponent(this.#path);
    return { operation, ref: name === undefined ? base : `${base}/${name}` };
  }

  async write(name: string, body: JsonObject, call: VaultCallOptions): Promise<JsonObject> {
    const path = this.pathOf(name);
    const request = { method: "POST", path, body } as const;
    return (await this.#calls.ask(this.place("write", name), call, request)).data ?? {};
  }

  /** @throws NotFoundError with reason `NOUN-not-found` */
  async read(name: string, call: VaultCallOptions): Promise<JsonObject> {
    const path = this.pathOf(name);
    const place = this.place("read", name);
    const answer = await this.#calls.ask(place, call, { method: "GET", path, accept: [404] });
    if (answer.status < 300 && answer.data !== undefined) return answer.data;
    throw this.#notFound(place, answer.requestId);
  }

  async list(call: VaultCallOptions): Promise<readonly string[]> {
    const request = { method: "GET", path: `${this.#path}?list=true`, accept: [404] } as const;
    return keysOf(await this.#calls.ask(this.place("list"), call, request));
  }

  /** Vault says done for what is not there; this says NotFound. */
  async delete(name: string, call: VaultCallOptions): Promise<void> {
    const path = this.pathOf(name);
    const place = this.place("delete", name);
    await this.#calls.run(place, call, async (send) => {
      const found = await send({ method: "GET", path, accept: [404] });
      if (found.status === 404) throw this.#notFound(place, found.requestId);
      await send({ method: "DELETE", path });
    });
  }

  #notFound(
    place: { readonly operation: string; readonly ref?: string },
    requestId: string | undefined,
  ): Error {
    return vaultError("NotFound", `Vault has no ${this.#noun} of this name there.`, {
      ...place,
      reason: `${this.#noun}-not-found`,
      field: this.#noun,
      requestId,
      advice: "List them, and check the name and the mount.",
    });
  }
}
