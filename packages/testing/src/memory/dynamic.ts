import { Secret, segmentProblem } from "@kinko/core";
import type { Clock, DynamicCapability, IssuedLease } from "@kinko/core";
import { failure } from "./history.js";

/** A role whose credentials the in-memory provider makes. */
export interface MemoryRole {
  /** Life of credentials until they are renewed, in seconds. Default 3,600. */
  readonly defaultTtlSeconds?: number | undefined;
  /** Longest life, however often they are renewed, in seconds. Default 86,400. */
  readonly maxTtlSeconds?: number | undefined;
  /** Default true. */
  readonly renewable?: boolean | undefined;
}

interface MemoryLease {
  readonly id: string;
  readonly role: { readonly [Key in keyof MemoryRole]-?: NonNullable<MemoryRole[Key]> };
  readonly issuedMs: number;
  renewedMs: number | undefined;
  endsMs: number;
}

/** What the capability needs of the provider. */
export interface DynamicPort {
  readonly clock: Clock;
  readonly roles: Readonly<Record<string, MemoryRole>>;
  readonly enter: (signal: AbortSignal) => Promise<void>;
}

/** Credentials that are made up here, and leases that end on the provider's clock. */
export function memoryDynamic({ clock, roles, enter }: DynamicPort): DynamicCapability {
  const leases = new Map<string, MemoryLease>();
  let serial = 0;
  const living = (id: string): MemoryLease => {
    const lease = leases.get(id);
    if (lease !== undefined && lease.endsMs > clock.now()) return lease;
    leases.delete(id);
    throw failure("LeaseExpired");
  };
  const beneath = (prefix: string): string[] => {
    const start = `${prefix.replace(/\/$/u, "")}/`;
    return [...leases.values()]
      .filter((lease) => lease.id.startsWith(start) && lease.endsMs > clock.now())
      .map((lease) => lease.id);
  };
  return {
    async issue({ path }, { signal }): Promise<IssuedLease> {
      if (path.split("/").some((part) => segmentProblem(part) !== undefined)) {
        throw failure("InvalidRef");
      }
      await enter(signal);
      const role = Object.hasOwn(roles, path) ? roles[path] : undefined;
      if (role === undefined) throw failure("NotFound");
      const { defaultTtlSeconds = 3_600, maxTtlSeconds = 86_400, renewable = true } = role;
      serial += 1;
      const id = `${path}/${serial}`;
      const durationSeconds = Math.min(defaultTtlSeconds, maxTtlSeconds);
      leases.set(id, {
        id,
        role: { defaultTtlSeconds, maxTtlSeconds, renewable },
        issuedMs: clock.now(),
        renewedMs: undefined,
        endsMs: clock.now() + durationSeconds * 1_000,
      });
      const password = process
        .getBuiltinModule("node:crypto")
        .randomBytes(18)
        .toString("base64url");
      const secret = Secret.json({ username: `memory-${serial}`, password });
      return { id, secret, durationSeconds, renewable };
    },
    async renew(leaseId, { signal, incrementSeconds }) {
      await enter(signal);
      const lease = living(leaseId);
      const { defaultTtlSeconds, maxTtlSeconds, renewable } = lease.role;
      if (!renewable) throw failure("Unsupported");
      const now = clock.now();
      const wishedMs = now + (incrementSeconds ?? defaultTtlSeconds) * 1_000;
      lease.endsMs = Math.min(wishedMs, lease.issuedMs + maxTtlSeconds * 1_000);
      lease.renewedMs = now;
      return { id: leaseId, durationSeconds: Math.floor((lease.endsMs - now) / 1_000), renewable };
    },
    async revoke(leaseId, { signal }) {
      await enter(signal);
      leases.delete(leaseId);
    },
    async lookup(leaseId, { signal }) {
      await enter(signal);
      const { role, issuedMs, renewedMs, endsMs } = living(leaseId);
      return {
        id: leaseId,
        issuedAt: new Date(issuedMs),
        expiresAt: new Date(endsMs),
        lastRenewedAt: renewedMs === undefined ? undefined : new Date(renewedMs),
        remainingSeconds: Math.ceil((endsMs - clock.now()) / 1_000),
        renewable: role.renewable,
      };
    },
    async *list(prefix, { signal }) {
      await enter(signal);
      const ids = beneath(prefix);
      if (ids.length > 0) yield ids;
    },
    async revokePrefix(prefix, { signal }) {
      await enter(signal);
      for (const id of beneath(prefix)) leases.delete(id);
    },
  };
}
