import type { JsonObject } from "../client/answer.js";
import {
  dateOf,
  duration,
  given,
  invalid,
  keysOf,
  malformedAnswer,
  neededText,
  textOf,
  textsOf,
} from "../engine/fields.js";
import { goDurationSeconds } from "../engine/go-duration.js";
import { vaultError } from "../errors/vault-error.js";
import { pemBlocks } from "./parse.js";
import type { PkiContext } from "./pki-context.js";
import type { CrlConfig, PkiCapability } from "./types.js";

type Revocation = Pick<
  PkiCapability,
  | "listCertificates"
  | "readCertificate"
  | "revoke"
  | "crl"
  | "rotateCrl"
  | "readCrlConfig"
  | "configureCrl"
  | "readUrls"
  | "configureUrls"
  | "disableAcme"
  | "isAcmeEnabled"
  | "tidy"
>;

/** Certificates that were issued, their revocation, and what they say of it. */
export function createRevocation(pki: PkiContext): Revocation {
  const { calls, mount } = pki;
  const get = async (operation: string, path: string, call: object): Promise<JsonObject> => {
    const request = { method: "GET", path: `${mount}/${path}` } as const;
    return (await calls.ask(pki.place(operation), call, request)).data ?? {};
  };
  const post = async (operation: string, path: string, body: unknown, call: object) =>
    calls.ask(pki.place(operation), call, { method: "POST", path: `${mount}/${path}`, body });

  return {
    async listCertificates(call = {}) {
      const path = `${mount}/certs?list=true`;
      const request = { method: "GET", path, accept: [404] } as const;
      return keysOf(await calls.ask(pki.place("listCertificates"), call, request));
    },
    async readCertificate(serialNumber, call = {}) {
      const path = `${mount}/cert/${checkSerial(serialNumber)}`;
      const place = pki.place("readCertificate", serialNumber);
      const answer = await calls.ask(place, call, { method: "GET", path, accept: [404] });
      const [certificate] = pemBlocks(textOf(answer.data ?? {}, "certificate") ?? "");
      if (certificate !== undefined) {
        return { certificate, revokedAt: dateOf(answer.data?.["revocation_time"]) };
      }
      throw vaultError("NotFound", "The engine has no certificate with this serial number.", {
        ...place,
        reason: "certificate-not-found",
        field: "serialNumber",
        requestId: answer.requestId,
        advice: "Check number and mount; a role with noStore keeps none.",
      });
    },
    async revoke(serialNumber, call = {}) {
      const body = { serial_number: checkSerial(serialNumber) };
      const { data = {} } = await post("revokeCertificate", "revoke", body, call);
      const revokedAt = dateOf(data["revocation_time"]);
      if (revokedAt === undefined) throw malformedAnswer();
      return { revokedAt };
    },
    async crl(call = {}) {
      return `${neededText(await get("readCrl", "cert/crl", call), "certificate").trimEnd()}\n`;
    },
    async rotateCrl(call = {}) {
      await get("rotateCrl", "crl/rotate", call);
    },
    async readCrlConfig(call = {}) {
      return parseCrlConfig(await get("readCrlConfig", "config/crl", call));
    },
    async configureCrl(config, call = {}) {
      const body = given({
        expiry: duration(config.expirySeconds, "expirySeconds", { min: 60 }),
        disable: config.disabled,
        auto_rebuild: config.autoRebuild,
        auto_rebuild_grace_period: duration(
          config.autoRebuildGraceSeconds,
          "autoRebuildGraceSeconds",
        ),
        ocsp_disable: config.ocspDisabled,
        ocsp_expiry: duration(config.ocspExpirySeconds, "ocspExpirySeconds", { min: 60 }),
      });
      await post("configureCrl", "config/crl", body, call);
    },
    async readUrls(call = {}) {
      const data = await get("readUrls", "config/urls", call);
      return {
        issuingCertificates: textsOf(data, "issuing_certificates"),
        crlDistributionPoints: textsOf(data, "crl_distribution_points"),
        ocspServers: textsOf(data, "ocsp_servers"),
      };
    },
    async configureUrls(urls, call = {}) {
      const body = given({
        issuing_certificates: checkUrls(urls.issuingCertificates, "issuingCertificates"),
        crl_distribution_points: checkUrls(urls.crlDistributionPoints, "crlDistributionPoints"),
        ocsp_servers: checkUrls(urls.ocspServers, "ocspServers"),
      });
      await post("configureUrls", "config/urls", body, call);
    },
    async disableAcme(call = {}) {
      await post("disableAcme", "config/acme", { enabled: false }, call);
    },
    async isAcmeEnabled(call = {}) {
      return (await get("readAcme", "config/acme", call))["enabled"] === true;
    },
    async tidy({
      certificates = true,
      revoked = true,
      safetyBufferSeconds = 259_200,
      ...call
    } = {}) {
      const body = {
        tidy_cert_store: certificates,
        tidy_revoked_certs: revoked,
        safety_buffer: duration(safetyBufferSeconds, "safetyBufferSeconds", { min: 1 }),
      };
      await post("tidyPki", "tidy", body, call);
    },
  };
}

/** Hexadecimal with colons or dashes, as Vault writes it. @throws InvalidValueError */
function checkSerial(serialNumber: string): string {
  if (
    typeof serialNumber === "string" &&
    /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){0,19}$/iu.test(serialNumber)
  ) {
    return serialNumber.toLowerCase().replaceAll("-", ":");
  }
  throw invalid("serialNumber", "invalid-serial-number", "Write it as 3a:67:45:ee.");
}

function checkUrls(
  urls: readonly string[] | undefined,
  field: string,
): readonly string[] | undefined {
  const good = (url: string): boolean => /^(?:https?|ldap):\/\//u.test(url) && URL.canParse(url);
  if (urls === undefined || urls.every(good)) return urls;
  throw invalid(field, "invalid-url", "Write each as http://vault.example.com:8200/v1/pki/crl.");
}

/** Vault gives these durations as texts such as 72h. */
function parseCrlConfig(data: JsonObject): Required<CrlConfig> {
  return {
    expirySeconds: goDurationSeconds(data["expiry"]),
    disabled: data["disable"] === true,
    autoRebuild: data["auto_rebuild"] === true,
    autoRebuildGraceSeconds: goDurationSeconds(data["auto_rebuild_grace_period"]),
    ocspDisabled: data["ocsp_disable"] === true,
    ocspExpirySeconds: goDurationSeconds(data["ocsp_expiry"]),
  };
}
