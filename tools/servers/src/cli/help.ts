/** What `pnpm servers --help` prints. */
export const helpText = `Real servers for Kinko's tests: HashiCorp Vault, PostgreSQL and moto.

Usage: pnpm servers COMMAND [SERVER…]

Commands
  start    start servers on free loopback ports, print their variables as export lines,
           and run until Ctrl-C
  prepare  get everything the tests need without starting it; building Vault takes about
           10 minutes and 8 GB of disk, once per user
  status   show where each server would come from, and which ones run

Servers (all when none is named)
  vault      Vault in development mode, unsealed, without TLS
  vault-tls  Vault with storage over https, with a certificate authority of its own
  postgres   PostgreSQL with an empty cluster and password logins (scram-sha-256)
  moto       AWS Secrets Manager and KMS as moto plays them, in memory

Examples
  pnpm servers start vault
  pnpm servers start vault postgres
  pnpm servers prepare

Environment
  KINKO_TEST_VAULT_ADDR, KINKO_TEST_VAULT_TOKEN, KINKO_TEST_VAULT_CACERT
             a Vault that runs already, for the tests to use instead of starting one
  KINKO_TEST_POSTGRES_URL
             a PostgreSQL that runs already
  KINKO_TEST_MOTO_URL
             a moto that runs already, started by this command
  XDG_CACHE_HOME
             built programs are kept in $XDG_CACHE_HOME/kinko/servers (default ~/.cache)

Exit codes: 0 done; 1 a server is not to be had or did not start; 2 wrong use
`;
