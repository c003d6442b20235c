import { Secret } from "@kinko/core";
import type { JsonObject } from "../client/answer.js";
import { dateOf, malformedAnswer, neededText, textOf, textsOf } from "../engine/fields.js";
import type { AuthorityCertificate, IssuedCertificate, SignedCertificate } from "./types.js";

/** PEM blocks of a bundle, each with one line end. */
export function pemBlocks(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  return blocks.map((block) => `${block}\n`);
}

/** Certificate and issuers of an answer; in the form pem_bundle they come in one text. */
export function parseSigned(data: JsonObject): SignedCertificate {
  const [certificate, ...bundled] = pemBlocks(neededText(data, "certificate"));
  const expiresAt = dateOf(data["expiration"]);
  if (certificate === undefined || expiresAt === undefined) throw malformedAnswer();
  const listed = textsOf(data, "ca_chain").flatMap(pemBlocks);
  const above = [...listed, ...bundled, ...pemBlocks(textOf(data, "issuing_ca") ?? "")];
  const chain = [...new Set(above)].filter((pem) => pem !== certificate);
  return { certificate, chain, serialNumber: neededText(data, "serial_number"), expiresAt };
}

export function parseIssued(data: JsonObject): IssuedCertificate {
  const signed = parseSigned(data);
  return { ...signed, privateKey: Secret.text(`${neededText(data, "private_key").trimEnd()}\n`) };
}

export function parseAuthority(data: JsonObject): AuthorityCertificate {
  return { ...parseSigned(data), issuerId: textOf(data, "issuer_id") };
}
