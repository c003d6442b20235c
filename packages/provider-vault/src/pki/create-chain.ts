import { isSecretError } from "@kinko/core";
import type { VaultCallOptions } from "../engine/engine-calls.js";
import { duration, invalid, numberOf } from "../engine/fields.js";
import { vaultError } from "../errors/vault-error.js";
import { parseMount } from "../settings.js";
import { createAuthorities } from "./authorities.js";
import { defaultTtlSeconds, roleBody, subjectBody } from "./bodies.js";
import { createIssuing } from "./issuing.js";
import type { PkiContext } from "./pki-context.js";
import { createRevocation } from "./revocation.js";
import type { CreateChainOptions, PkiChain } from "./types.js";
import { verifyChain } from "./verify-chain.js";

/** The whole of row B9: root, request, signature, set-signed, role. */
export async function createChain(pki: PkiContext, options: CreateChainOptions): Promise<PkiChain> {
  const { root, intermediate, role, publicAddress, ...call } = options;
  const rootTtl = root.ttlSeconds ?? defaultTtlSeconds.root;
  const intermediateTtl = intermediate.ttlSeconds ?? defaultTtlSeconds.intermediate;
  const roleMax = role.maxTtlSeconds ?? defaultTtlSeconds.leafMaximum;
  // All that can be said without a request, before the first one.
  subjectBody(root);
  subjectBody(intermediate);
  roleBody(role);
  if (intermediateTtl > rootTtl) throw beyond("intermediate.ttlSeconds");
  if (roleMax > intermediateTtl) throw beyond("role.maxTtlSeconds");
  const above = pki.at(parseMount(root.mount ?? "pki", "root.mount"));
  const below = pki.at(parseMount(intermediate.mount ?? "pki_int", "intermediate.mount"));
  if (above.mount === below.mount) {
    throw invalid("intermediate.mount", "same-mount", "Use a mount of its own for each.");
  }
  for (const each of [above, below]) await refuseUsed(each, call);

  const [rootAuthority, authority] = [createAuthorities(above), createAuthorities(below)];
  await enableFor(above, rootTtl, call);
  await enableFor(below, intermediateTtl, call);
  if (publicAddress !== undefined) {
    for (const each of [above, below]) {
      await createRevocation(each).configureUrls(urlsOf(publicAddress, each.mount), call);
    }
  }
  const madeRoot = await rootAuthority.createRoot(root, call);
  const csr = await authority.createIntermediateCsr(intermediate, call);
  const signed = await rootAuthority.signIntermediate({ csr, ttlSeconds: intermediateTtl }, call);
  const chain = [madeRoot.certificate];
  verifyChain([signed.certificate, ...chain], pki.clock.now());
  const issuerId = await authority.setSigned({ certificate: signed.certificate, chain }, call);
  const { name, ...settings } = role;
  await createIssuing(below).writeRole(name, settings, call);
  return {
    root: madeRoot,
    intermediate: { ...signed, chain, issuerId },
    role: name,
    mount: decodeURIComponent(below.mount),
  };
}

/**
 * A mount that somebody has enabled before has Vault's longest life, 32 days, unless it was told
 * another: Vault would cut the root to it, which shows only when there is a root that stands in the
 * way of the next attempt.
 */
async function enableFor(
  pki: PkiContext,
  ttlSeconds: number,
  call: VaultCallOptions,
): Promise<void> {
  const { calls, mount } = pki;
  const { created } = await createAuthorities(pki).enable({ ...call, maxTtlSeconds: ttlSeconds });
  if (created) return;
  const place = pki.place("createChain");
  const path = `sys/mounts/${mount}/tune`;
  const { data = {} } = await calls.ask(place, call, { method: "GET", path });
  if (numberOf(data, "max_lease_ttl") >= ttlSeconds) return;
  const body = { max_lease_ttl: duration(ttlSeconds, "ttlSeconds", { min: 1 }) };
  await calls.ask(place, call, { method: "POST", path, body });
}

/** An authority that is there already may be in use: nothing is put over it. */
async function refuseUsed(pki: PkiContext, call: VaultCallOptions): Promise<void> {
  try {
    if ((await createAuthorities(pki).listIssuers(call)).length === 0) return;
  } catch (error) {
    if (isSecretError(error, "Config") && error.reason === "mount-not-found") return;
    throw error;
  }
  throw vaultError("AlreadyExists", "There is an authority on this mount already.", {
    ...pki.place("createChain"),
    reason: "issuer-exists",
    field: "mount",
    advice: "Choose other mounts, or use the authority that is there.",
  });
}

function urlsOf(address: string, mount: string) {
  const base = `${address.replace(/\/+$/u, "")}/v1/${mount}`;
  return {
    issuingCertificates: [`${base}/ca`],
    crlDistributionPoints: [`${base}/crl`],
    ocspServers: [`${base}/ocsp`],
  };
}

function beyond(field: string): Error {
  return invalid(field, "ttl-beyond-issuer", "It must not live longer than what signs it.");
}
