/**
 * Paths that ask for `sudo` beside the operation's own capability; a star at the end is a prefix.
 * Engines are at their default mounts. Source: Vault 1.21, concepts/policies, "Root protected API
 * endpoints", and the paths that its backends declare.
 */
export const rootPaths: readonly string[] = [
  "auth/token/accessors/",
  "auth/token/revoke-orphan",
  "pki/root",
  "pki/root/sign-self-issued",
  "sys/audit",
  "sys/audit/*",
  "sys/auth/*",
  "sys/config/auditing/*",
  "sys/config/cors",
  "sys/config/ui/headers/*",
  "sys/internal/counters/activity/export",
  "sys/internal/inspect/*",
  "sys/leases",
  "sys/leases/lookup/*",
  "sys/leases/revoke-force/*",
  "sys/leases/revoke-prefix/*",
  "sys/plugins/catalog/*",
  "sys/plugins/runtimes/catalog/*",
  "sys/raw",
  "sys/raw/*",
  "sys/remount",
  "sys/replication/dr/primary/secondary-token",
  "sys/replication/dr/reindex",
  "sys/replication/performance/primary/secondary-token",
  "sys/replication/performance/reindex",
  "sys/replication/primary/secondary-token",
  "sys/replication/reindex",
  "sys/reporting/scan",
  "sys/revoke-force/*",
  "sys/revoke-prefix/*",
  "sys/rotate",
  "sys/seal",
  "sys/step-down",
  "sys/storage/raft/snapshot-auto/config/*",
];

/** Whether a path, without a slash before it, is one of these. */
export function isRootPath(path: string, paths: readonly string[] = rootPaths): boolean {
  return paths.some((one) =>
    one.endsWith("*") ? path.startsWith(one.slice(0, -1)) : path === one,
  );
}
