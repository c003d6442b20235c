import { randomBytes } from "node:crypto";
import type { Clock } from "@kinko/core";
import { failedPrecondition, invalidArgument, notFound, ServiceFault } from "./failure.js";
import type { StoredSecret, StoredVersion } from "./model.js";

/** The project that the server plays; requests name it by id or number, answers by number. */
export interface Project {
  readonly id: string;
  readonly number: string;
}

/** A new etag; quotes are part of it. */
export function newEtag(): string {
  return `"${randomBytes(7).toString("hex")}"`;
}

/** @throws ServiceFault FAILED_PRECONDITION when an etag is given and another is stored */
export function checkEtag(given: unknown, stored: string): void {
  if (typeof given !== "string" || given === "" || given === stored) return;
  throw failedPrecondition("The etag provided does not match the etag of the stored resource.");
}

/** Every secret of the project, in all locations. Expired ones and due destructions are carried out. */
export class Registry {
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #clock: Clock;
  readonly #project: Project;
  #sequence = 0;

  constructor(project: Project, clock: Clock) {
    this.#project = project;
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.now();
  }

  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /**
   * `projects/P` or `projects/P/locations/L` with the project's number.
   * @throws ServiceFault
   */
  parent(text: string): string {
    const match = /^projects\/([^/]+)(\/locations\/[a-z0-9-]+)?$/u.exec(text);
    if (match === null) throw invalidArgument("The parent is not a project or location.");
    const [, project = "", location = ""] = match;
    const { id, number } = this.#project;
    if (project !== id && project !== number) {
      throw new ServiceFault(
        "PERMISSION_DENIED",
        `Permission denied on resource project ${project}.`,
        {
          reason: "CONSUMER_INVALID",
        },
      );
    }
    return `projects/${number}${location}`;
  }

  /** The full name of a secret, from the name in a request. @throws ServiceFault */
  secretName(text: string): string {
    const match = /^(.+)\/secrets\/([^/]+)$/u.exec(text);
    if (match === null) throw invalidArgument("The name is not one of a secret.");
    return `${this.parent(match[1] ?? "")}/secrets/${match[2] ?? ""}`;
  }

  find(name: string): StoredSecret | undefined {
    const secret = this.#secrets.get(name);
    if (secret === undefined) return undefined;
    const nowMs = this.nowMs();
    if (secret.expireTimeMs !== undefined && secret.expireTimeMs <= nowMs) {
      this.#secrets.delete(name);
      return undefined;
    }
    for (const version of secret.versions) {
      const { scheduledDestroyTimeMs } = version;
      if (scheduledDestroyTimeMs !== undefined && scheduledDestroyTimeMs <= nowMs)
        destroy(version, nowMs);
    }
    return secret;
  }

  /** @throws ServiceFault NOT_FOUND */
  get(text: string): StoredSecret {
    const name = this.secretName(text);
    const secret = this.find(name);
    if (secret === undefined) throw notFound(`Secret [${name}] not found.`);
    return secret;
  }

  /** The version of `…/versions/N`, `…/versions/latest` or `…/versions/ALIAS`. @throws ServiceFault */
  version(
    text: string,
    { aliases }: { readonly aliases: boolean },
  ): { readonly secret: StoredSecret; readonly version: StoredVersion } {
    const match = /^(.+)\/versions\/([^/]+)$/u.exec(text);
    if (match === null) throw invalidArgument("The name is not one of a secret version.");
    const [, secretText = "", selector = ""] = match;
    const name = this.secretName(secretText);
    const secret = this.find(name);
    if (secret === undefined || secret.versions.length === 0) {
      throw notFound(`Secret [${name}] not found or has no versions.`);
    }
    const number = numberOf(secret, selector, aliases);
    const version = secret.versions.find((candidate) => candidate.number === number);
    if (version === undefined)
      throw notFound(`Secret Version [${name}/versions/${selector}] not found.`);
    return { secret, version };
  }

  add(secret: StoredSecret): void {
    this.#secrets.set(secret.name, secret);
  }

  remove(secret: StoredSecret): void {
    this.#secrets.delete(secret.name);
  }

  /** Secrets directly in this project or location, the newest first. */
  newestFirst(parent: string): StoredSecret[] {
    return [...this.#secrets.keys()]
      .flatMap((name) => {
        const secret = this.find(name);
        return secret !== undefined && name === `${parent}/secrets/${secret.id}` ? [secret] : [];
      })
      .sort((left, right) => right.sequence - left.sequence);
  }
}

/** Ends a version's data for good. */
export function destroy(version: StoredVersion, nowMs: number): void {
  version.data?.fill(0);
  version.data = undefined;
  version.state = "DESTROYED";
  version.destroyTimeMs = version.scheduledDestroyTimeMs ?? nowMs;
  version.scheduledDestroyTimeMs = undefined;
}

function numberOf(secret: StoredSecret, selector: string, aliases: boolean): number | undefined {
  if (/^[1-9]\d{0,14}$/u.test(selector)) return Number(selector);
  // Whatever its state: that is what `latest` means.
  if (aliases && selector === "latest") return secret.versions.at(-1)?.number;
  if (aliases && /^[A-Za-z]/u.test(selector)) return secret.aliases.get(selector);
  throw invalidArgument("The secret version is not a number, an alias or latest.");
}
