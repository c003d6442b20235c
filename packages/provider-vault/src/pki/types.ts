import type { Secret } from "@kinko/core";
import type { VaultCallOptions } from "../engine/engine-calls.js";
import type { CertificateHandle, CertificateHandleOptions } from "./handle-types.js";

/** What kind of key a certificate has. */
export interface KeySettings {
  /** Default `ec`. */
  readonly keyType?: "rsa" | "ec" | "ed25519" | undefined;
  /** Default: 256 for `ec`, 2,048 for `rsa`. */
  readonly keyBits?: number | undefined;
}

/** Names in the subject of a certificate authority. */
export interface AuthoritySubject extends KeySettings {
  readonly commonName: string;
  readonly organization?: string | undefined;
  readonly country?: string | undefined;
}

/** How a root is made; its key never leaves Vault. */
export interface CreateRootOptions extends AuthoritySubject {
  /** Default 315,360,000: 87,600 hours, ten years. */
  readonly ttlSeconds?: number | undefined;
  readonly issuerName?: string | undefined;
}

/** A certificate of an authority. */
export interface AuthorityCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEMs of its issuers, nearest first; empty for a root. */
  readonly chain: readonly string[];
  readonly serialNumber: string;
  readonly expiresAt: Date;
  readonly issuerId: string | undefined;
}

/** A role: what may be issued by its name. */
export interface PkiRole extends KeySettings {
  readonly allowedDomains?: readonly string[] | undefined;
  readonly allowSubdomains?: boolean | undefined;
  readonly allowBareDomains?: boolean | undefined;
  readonly allowGlobDomains?: boolean | undefined;
  readonly allowWildcards?: boolean | undefined;
  readonly allowAnyName?: boolean | undefined;
  readonly allowLocalhost?: boolean | undefined;
  readonly allowIpSans?: boolean | undefined;
  readonly allowedUriSans?: readonly string[] | undefined;
  readonly serverAuth?: boolean | undefined;
  readonly clientAuth?: boolean | undefined;
  /** Default 0: that of the mount. */
  readonly ttlSeconds?: number | undefined;
  /** Default 7,776,000: 2,160 hours, 90 days. */
  readonly maxTtlSeconds?: number | undefined;
  readonly organization?: readonly string[] | undefined;
  readonly requireCommonName?: boolean | undefined;
  /** Keep nothing of what is issued: it cannot be listed or revoked then. Default false. */
  readonly noStore?: boolean | undefined;
}

/** What a certificate is to say. */
export interface CertificateRequest {
  readonly role: string;
  readonly commonName: string;
  /** Further DNS names and mail addresses. */
  readonly altNames?: readonly string[] | undefined;
  readonly ipSans?: readonly string[] | undefined;
  readonly uriSans?: readonly string[] | undefined;
  /** Default: the role's. More than the role gives is refused, not cut. */
  readonly ttlSeconds?: number | undefined;
}

/** A certificate of a leaf. */
export interface SignedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEMs of its issuers, nearest first, as Vault gave them and as they were verified. */
  readonly chain: readonly string[];
  readonly serialNumber: string;
  readonly expiresAt: Date;
}

/** A certificate with its key. The receiver disposes the key. */
export interface IssuedCertificate extends SignedCertificate {
  /** PEM. */
  readonly privateKey: Secret;
}

/** An issuer of a mount. */
export interface PkiIssuer {
  readonly id: string;
  readonly name: string | undefined;
  readonly serialNumber: string | undefined;
  readonly isDefault: boolean;
  /** False for one whose key Vault does not have, such as the root above an intermediate. */
  readonly hasKey: boolean;
}

/** How revocation lists are made. */
export interface CrlConfig {
  readonly expirySeconds?: number | undefined;
  readonly disabled?: boolean | undefined;
  readonly autoRebuild?: boolean | undefined;
  readonly autoRebuildGraceSeconds?: number | undefined;
  readonly ocspDisabled?: boolean | undefined;
  readonly ocspExpirySeconds?: number | undefined;
}

/** Where certificates say that their issuer, its revocation list and its OCSP responder are. */
export interface AuthorityUrls {
  readonly issuingCertificates?: readonly string[] | undefined;
  readonly crlDistributionPoints?: readonly string[] | undefined;
  readonly ocspServers?: readonly string[] | undefined;
}

/** What `createChain` makes. */
export interface CreateChainOptions extends VaultCallOptions {
  readonly root: CreateRootOptions & { readonly mount?: string | undefined };
  readonly intermediate: AuthoritySubject & {
    readonly mount?: string | undefined;
    /** Default 157,680,000: 43,800 hours, five years. */
    readonly ttlSeconds?: number | undefined;
    readonly issuerName?: string | undefined;
  };
  readonly role: PkiRole & { readonly name: string };
  /** Address under which Vault is reached by those who verify; sets {@link AuthorityUrls}. */
  readonly publicAddress?: string | undefined;
}

/** A chain that was made, and verified. */
export interface PkiChain {
  readonly root: AuthorityCertificate;
  readonly intermediate: AuthorityCertificate;
  readonly role: string;
  /** Mount to issue from. */
  readonly mount: string;
}

/** What `tidy` cleans, and how long after its end. */
export interface TidyOptions extends VaultCallOptions {
  /** Default true. */
  readonly certificates?: boolean | undefined;
  /** Default true. */
  readonly revoked?: boolean | undefined;
  /** Default 259,200: three days. */
  readonly safetyBufferSeconds?: number | undefined;
}

/** Vault's PKI engine: authorities, roles, certificates, revocation. Private keys are secrets. */
export interface PkiCapability {
  /** The same for an engine at another path. */
  at(mount: string): PkiCapability;
  /** `created` is false when it is there already. @throws AlreadyExistsError for another engine */
  enable(
    options?: VaultCallOptions & { readonly maxTtlSeconds?: number | undefined },
  ): Promise<{ readonly created: boolean }>;
  /**
   * Root, intermediate signed by it, and a role to issue from, on two mounts. Nothing is changed
   * when one of them has an issuer already. The longest life of a mount that is there, and shorter
   * than its authority's, is raised to that.
   */
  createChain(options: CreateChainOptions): Promise<PkiChain>;
  createRoot(options: CreateRootOptions, call?: VaultCallOptions): Promise<AuthorityCertificate>;
  /** A request for an authority whose key never leaves Vault; PEM. */
  createIntermediateCsr(options: AuthoritySubject, call?: VaultCallOptions): Promise<string>;
  signIntermediate(
    options: {
      readonly csr: string;
      readonly commonName?: string | undefined;
      /** Default 157,680,000: 43,800 hours. */
      readonly ttlSeconds?: number | undefined;
    },
    call?: VaultCallOptions,
  ): Promise<AuthorityCertificate>;
  /**
   * Takes the signed certificate of an own request, with its chain; it becomes the default issuer.
   * Returns the id of the issuer.
   */
  setSigned(
    certificate: Pick<AuthorityCertificate, "certificate" | "chain">,
    call?: VaultCallOptions,
  ): Promise<string>;
  writeRole(name: string, role: PkiRole, call?: VaultCallOptions): Promise<void>;
  readRole(name: string, call?: VaultCallOptions): Promise<PkiRole>;
  listRoles(call?: VaultCallOptions): Promise<readonly string[]>;
  deleteRole(name: string, call?: VaultCallOptions): Promise<void>;
  /** @throws InvalidValueError naming the field that the role or issuer does not allow */
  issue(request: CertificateRequest, call?: VaultCallOptions): Promise<IssuedCertificate>;
  /** Signs a request for a key that Vault never sees, within the rules of the role. */
  sign(
    request: CertificateRequest & { readonly csr: string },
    call?: VaultCallOptions,
  ): Promise<SignedCertificate>;
  /**
   * Signs whatever a request says.
   * @throws InvalidValueError unless `acceptAnyContent` is true
   */
  signVerbatim(
    request: {
      readonly csr: string;
      readonly ttlSeconds?: number | undefined;
      readonly acceptAnyContent: boolean;
    },
    call?: VaultCallOptions,
  ): Promise<SignedCertificate>;
  /** A certificate that is renewed before it ends, for servers and clients. */
  certificate(options: CertificateHandleOptions): Promise<CertificateHandle>;
  listCertificates(call?: VaultCallOptions): Promise<readonly string[]>;
  readCertificate(
    serialNumber: string,
    call?: VaultCallOptions,
  ): Promise<{ readonly certificate: string; readonly revokedAt: Date | undefined }>;
  /** @throws NotFoundError */
  revoke(serialNumber: string, call?: VaultCallOptions): Promise<{ readonly revokedAt: Date }>;
  /** The revocation list; PEM. */
  crl(call?: VaultCallOptions): Promise<string>;
  /** Has the list made anew, now. */
  rotateCrl(call?: VaultCallOptions): Promise<void>;
  readCrlConfig(call?: VaultCallOptions): Promise<Required<CrlConfig>>;
  configureCrl(config: CrlConfig, call?: VaultCallOptions): Promise<void>;
  readUrls(call?: VaultCallOptions): Promise<Required<AuthorityUrls>>;
  configureUrls(urls: AuthorityUrls, call?: VaultCallOptions): Promise<void>;
  listIssuers(call?: VaultCallOptions): Promise<readonly PkiIssuer[]>;
  /** By id or name. */
  setDefaultIssuer(issuer: string, call?: VaultCallOptions): Promise<void>;
  /** PEMs of an issuer, by default the default one, and of those above it. */
  readIssuer(
    issuer?: string,
    call?: VaultCallOptions,
  ): Promise<{ readonly certificate: string; readonly chain: readonly string[] }>;
  /** ACME lets anybody who reaches Vault ask for certificates; Kinko only switches it off. */
  disableAcme(call?: VaultCallOptions): Promise<void>;
  isAcmeEnabled(call?: VaultCallOptions): Promise<boolean>;
  /** Has Vault start to clean; it goes on after the call. */
  tidy(options?: TidyOptions): Promise<void>;
}

declare module "@kinko/core" {
  interface CapabilityMap {
    pki: PkiCapability;
  }
}
