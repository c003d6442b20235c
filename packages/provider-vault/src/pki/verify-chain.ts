import { X509Certificate } from "node:crypto";
import { vaultError } from "../errors/vault-error.js";

/** Why a chain is not good, as the reason of its error. */
type ChainProblem =
  | "signature"
  | "not-an-authority"
  | "not-valid-now"
  | "no-root"
  | "not-a-certificate";

/**
 * Proves a chain: each certificate is signed by the next, all but the first are authorities, all are
 * valid now, and the last one signs itself.
 *
 * @param certificates PEMs, the leaf first
 * @throws CorruptError with reason `chain-…`; the certificate is not handed out then
 */
export function verifyChain(certificates: readonly string[], nowMs: number): void {
  const parsed = certificates.map(parse);
  for (const [index, certificate] of parsed.entries()) {
    const issuer = parsed[index + 1] ?? certificate;
    if (index > 0 && !certificate.ca) throw broken("not-an-authority", index);
    // Vault dates certificates back by 30 s; the same again is for clocks that differ.
    const from = Date.parse(certificate.validFrom) - clockSkewMs;
    if (nowMs < from || nowMs > Date.parse(certificate.validTo))
      throw broken("not-valid-now", index);
    if (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) continue;
    throw broken(issuer === certificate ? "no-root" : "signature", index);
  }
}

const clockSkewMs = 30_000;

function parse(pem: string, index: number): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw broken("not-a-certificate", index);
  }
}

function broken(problem: ChainProblem, index: number): Error {
  return vaultError(
    "Corrupt",
    `The chain of the certificate does not verify at its place ${index}.`,
    {
      reason: `chain-${problem}`,
      field: "certificate",
      advice:
        "Check the issuers of the mount: set the signed intermediate together with all above it, up to the root; and check this machine's clock.",
    },
  );
}
