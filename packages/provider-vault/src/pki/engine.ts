import type { EngineContext } from "../engines.js";
import { createAuthorities } from "./authorities.js";
import { createIssuing } from "./issuing.js";
import { pkiContext } from "./pki-context.js";
import { createRevocation } from "./revocation.js";
import type { PkiCapability } from "./types.js";

/** The engine at a mount; see `capability.ts`, which loads it. */
export function createPki(engine: EngineContext, mount: string): Omit<PkiCapability, "at"> {
  const pki = pkiContext(engine, mount);
  const issuing = createIssuing(pki);
  return {
    ...createAuthorities(pki),
    ...issuing,
    ...createRevocation(pki),
    async createChain(options) {
      const { createChain } = await import("./create-chain.js");
      return createChain(pki, options);
    },
    async certificate(options) {
      const { openCertificate } = await import("./certificate-handle.js");
      const { clock } = pki;
      const issue = (request: Parameters<typeof issuing.issue>[0], signal: AbortSignal) =>
        issuing.issue(request, { signal });
      return openCertificate({ issue, clock, random: Math.random }, options);
    },
  };
}
