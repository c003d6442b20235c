import { lazyMethods } from "../engine/lazy.js";
import type { EngineContext } from "../engines.js";
import { parseMount } from "../settings.js";
import type { PkiCapability } from "./types.js";

/** PKI at one mount; nothing of the code is loaded before the first call. */
export function pkiCapability(engine: EngineContext, mount = "pki"): PkiCapability {
  const methods = lazyMethods<Omit<PkiCapability, "at">>(
    async () => (await import("./engine.js")).createPki(engine, mount),
    {
      enable: true,
      createChain: true,
      createRoot: true,
      createIntermediateCsr: true,
      signIntermediate: true,
      setSigned: true,
      writeRole: true,
      readRole: true,
      listRoles: true,
      deleteRole: true,
      issue: true,
      sign: true,
      signVerbatim: true,
      certificate: true,
      listCertificates: true,
      readCertificate: true,
      revoke: true,
      crl: true,
      rotateCrl: true,
      readCrlConfig: true,
      configureCrl: true,
      readUrls: true,
      configureUrls: true,
      listIssuers: true,
      setDefaultIssuer: true,
      readIssuer: true,
      disableAcme: true,
      isAcmeEnabled: true,
      tidy: true,
    },
  );
  return { ...methods, at: (path) => pkiCapability(engine, parseMount(path, "mount")) };
}
