export { createLeaseManager } from "./lease-manager.js";
export { openLeaseManager } from "./open-lease-manager.js";
export type { OpenLeaseManagerOptions } from "./open-lease-manager.js";
export type { LeaseManager, OrphanReport } from "./lease-manager.js";
export type { LeaseJournalOptions } from "./journal/lease-journal.js";
export {
  formatIdentity,
  hasEnded,
  identityOf,
  identityPattern,
  systemProcesses,
} from "./journal/process-identity.js";
export type { ProcessIdentity, ProcessTable } from "./journal/process-identity.js";
export type { LeaseEvent, LeaseListener } from "./lease-event.js";
export type { AcquireOptions, LeaseManagerOptions } from "./options.js";
export type {
  CredentialHandle,
  CredentialRotation,
  LeasedCredentials,
} from "./credential-handle.js";
export { rotateClient } from "./rotating/rotate-client.js";
export type {
  ClientUse,
  RotateClientOptions,
  RotatingClient,
  RotatingClientEvent,
} from "./rotating/options.js";
