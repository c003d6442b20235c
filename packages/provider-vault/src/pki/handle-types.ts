import type { CertificateRequest, IssuedCertificate } from "./types.js";

/** How a certificate is kept. */
export interface CertificateHandleOptions extends CertificateRequest {
  /** Part of its life after which it is renewed. Default 2/3, moved by up to a tenth of the life. */
  readonly renewAfter?: number | undefined;
  /** Told when a renewal failed; the certificate is still good, and the next try follows. */
  readonly onRenewalFailed?: ((error: unknown) => void) | undefined;
}

/** A certificate of a handle. Its key is disposed when the next one has been handed on. */
export interface KeptCertificate extends IssuedCertificate {
  /** Rises by one with each renewal. */
  readonly generation: number;
}

/** What a server has for a new certificate; `tls.Server` and `https.Server` of Node fit. */
export interface SecureServer {
  setSecureContext(context: {
    readonly key: string;
    readonly cert: string;
    readonly ca?: string;
  }): void;
}

/** An agent whose further connections use what is in its options, as `https.Agent` of Node does. */
export interface SecureAgent {
  readonly options: object;
}

/** A certificate that stays valid as long as the handle is open. */
export interface CertificateHandle {
  /**
   * The certificate to use now; never one that has ended.
   * @throws LeaseExpiredError when it ended and no new one could be had yet; ClosedError
   */
  current(): KeptCertificate;
  /** In the words of `node:tls`: key, certificate with its issuers, and the authority to trust. */
  secureContext(): { readonly key: string; readonly cert: string; readonly ca: string };
  /** Called after each renewal; what it throws is ignored. Returns a function that unsubscribes. */
  onRenew(listener: (certificate: KeptCertificate) => void): () => void;
  /**
   * Gives a server the certificate now and after each renewal. Connections that are open stay so.
   * Returns a function that lets go of it.
   */
  serve(server: SecureServer): () => void;
  /**
   * Gives an agent the certificate now and after each renewal, for its further connections; those
   * that are open keep the old one until they close.
   */
  identify(agent: SecureAgent): () => void;
  /** Stops renewals and erases the key. Idempotent. */
  close(): void;
  [Symbol.dispose](): void;
}
