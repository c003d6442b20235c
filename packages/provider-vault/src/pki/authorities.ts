import { X509Certificate } from "node:crypto";
import { isSecretError } from "@kinko/core";
import { isObject } from "../client/answer.js";
import { duration, given, invalid, neededText, textOf, textsOf } from "../engine/fields.js";
import { encodeName } from "../engine/names.js";
import { vaultError } from "../errors/vault-error.js";
import { defaultTtlSeconds, subjectBody } from "./bodies.js";
import { parseAuthority, pemBlocks } from "./parse.js";
import type { PkiContext } from "./pki-context.js";
import type { PkiCapability, PkiIssuer } from "./types.js";
import { verifyChain } from "./verify-chain.js";

type Authorities = Pick<
  PkiCapability,
  | "enable"
  | "createRoot"
  | "createIntermediateCsr"
  | "signIntermediate"
  | "setSigned"
  | "listIssuers"
  | "setDefaultIssuer"
  | "readIssuer"
>;

/** Roots, intermediates and issuers of a mount. */
export function createAuthorities(pki: PkiContext): Authorities {
  const { calls, mount, clock } = pki;
  return {
    async enable({ maxTtlSeconds = defaultTtlSeconds.root, ...call } = {}) {
      const body = {
        type: "pki",
        config: { max_lease_ttl: duration(maxTtlSeconds, "maxTtlSeconds", { min: 1 }) },
      };
      const place = pki.place("enablePki");
      try {
        await calls.ask(place, call, { method: "POST", path: `sys/mounts/${mount}`, body });
        return { created: true };
      } catch (error) {
        if (!isSecretError(error, "AlreadyExists")) throw error;
        const path = `sys/internal/ui/mounts/${mount}`;
        const { data } = await calls.ask(place, call, { method: "GET", path });
        if (data?.["type"] === "pki") return { created: false };
        throw error;
      }
    },
    async createRoot(options, call = {}) {
      const { ttlSeconds = defaultTtlSeconds.root, issuerName } = options;
      const body = {
        ...subjectBody(options),
        ttl: duration(ttlSeconds, "ttlSeconds", { min: 1 }),
        ...given({ issuer_name: issuerName }),
      };
      const path = `${mount}/root/generate/internal`;
      const answer = await calls.ask(pki.place("createRoot"), call, { method: "POST", path, body });
      const made = parseAuthority(answer.data ?? {});
      verifyChain([made.certificate], clock.now());
      checkLife(made.certificate, ttlSeconds);
      return made;
    },
    async createIntermediateCsr(options, call = {}) {
      const body = subjectBody(options);
      const path = `${mount}/intermediate/generate/internal`;
      const place = pki.place("createIntermediateCsr");
      const answer = await calls.ask(place, call, { method: "POST", path, body });
      return `${neededText(answer.data ?? {}, "csr").trimEnd()}\n`;
    },
    async signIntermediate({ csr, commonName, ttlSeconds }, call = {}) {
      const life = ttlSeconds ?? defaultTtlSeconds.intermediate;
      const body = {
        csr: checkCsr(csr),
        format: "pem_bundle",
        ttl: duration(life, "ttlSeconds", { min: 1 }),
        use_csr_values: commonName === undefined,
        ...given({ common_name: commonName }),
      };
      const path = `${mount}/root/sign-intermediate`;
      const place = pki.place("signIntermediate");
      const answer = await calls.ask(place, call, { method: "POST", path, body });
      const made = parseAuthority(answer.data ?? {});
      verifyChain([made.certificate, ...made.chain], clock.now());
      checkLife(made.certificate, life);
      return made;
    },
    async setSigned({ certificate, chain }, call = {}) {
      const blocks = [certificate, ...chain].flatMap(pemBlocks);
      verifyChain(blocks, clock.now());
      const place = pki.place("setSigned");
      return calls.run(place, call, async (send) => {
        const path = `${mount}/intermediate/set-signed`;
        const body = { certificate: blocks.join("") };
        const { data } = await send({ method: "POST", path, body });
        const mapping = isObject(data?.["mapping"]) ? data["mapping"] : {};
        // The issuers above come along, without keys.
        const issuer = Object.entries(mapping).find(([, key]) => key !== "")?.[0];
        if (issuer === undefined) throw noKey();
        const config = { method: "POST", path: `${mount}/config/issuers` } as const;
        await send({ ...config, body: { default: issuer } });
        return issuer;
      });
    },
    async listIssuers(call = {}) {
      const request = { method: "GET", path: `${mount}/issuers?list=true`, accept: [404] } as const;
      const { data, errors } = await calls.ask(pki.place("listIssuers"), call, request);
      if (data === undefined && errors.length > 0) throw mountNotFound(pki);
      const info = isObject(data?.["key_info"]) ? data["key_info"] : {};
      return Object.entries(info).map(([id, value]): PkiIssuer => {
        const facts = isObject(value) ? value : {};
        return {
          id,
          name: textOf(facts, "issuer_name"),
          serialNumber: textOf(facts, "serial_number"),
          isDefault: facts["is_default"] === true,
          hasKey: textOf(facts, "key_id") !== undefined,
        };
      });
    },
    async setDefaultIssuer(issuer, call = {}) {
      encodeName(issuer, "issuer");
      const path = `${mount}/config/issuers`;
      const request = { method: "POST", path, body: { default: issuer } } as const;
      await calls.ask(pki.place("setDefaultIssuer", issuer), call, request);
    },
    async readIssuer(issuer = "default", call = {}) {
      const path = `${mount}/issuer/${encodeName(issuer, "issuer")}/json`;
      const place = pki.place("readIssuer", issuer);
      const { data = {} } = await calls.ask(place, call, { method: "GET", path });
      const [certificate = ""] = pemBlocks(neededText(data, "certificate"));
      const above = textsOf(data, "ca_chain").flatMap(pemBlocks);
      return { certificate, chain: above.filter((pem) => pem !== certificate) };
    },
  };
}

/** What is no PEM request is not sent. @throws InvalidValueError */
export function checkCsr(csr: string): string {
  const good = /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\s[A-Za-z0-9+/=\s]+-----END/u;
  if (typeof csr === "string" && csr.length <= 100_000 && good.test(csr)) return csr;
  throw invalid(
    "csr",
    "csr-not-valid",
    "Pass the PEM text that starts with -----BEGIN CERTIFICATE REQUEST-----.",
  );
}

/**
 * Vault cuts a life that is too long to what the mount or role allows, and only warns. The dates are
 * those of the certificate alone, so that no clock has a say in it.
 */
export function checkLife(certificate: string, ttlSeconds: number): void {
  const { validFrom, validTo } = new X509Certificate(certificate);
  const lifeSeconds = (Date.parse(validTo) - Date.parse(validFrom)) / 1_000;
  if (lifeSeconds >= ttlSeconds) return;
  throw vaultError("InvalidValue", "Vault gave a shorter life than was asked for.", {
    reason: "ttl-beyond-role",
    field: "ttlSeconds",
    advice: "Ask for no more than the role and the mount allow, or raise their maximum.",
  });
}

function noKey(): Error {
  return vaultError("InvalidValue", "The certificate is not for a key of this mount.", {
    reason: "certificate-without-key",
    field: "certificate",
    advice: "Set the answer to the request that this mount made.",
  });
}

function mountNotFound(pki: PkiContext): Error {
  return vaultError("Config", "No PKI engine is mounted there.", {
    ...pki.place("listIssuers"),
    reason: "mount-not-found",
    field: "mount",
    advice: "Check the mount, or enable the engine.",
  });
}
