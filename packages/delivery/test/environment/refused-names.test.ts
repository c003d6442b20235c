import { expect, test } from "vitest";
import { isRefusedName } from "../../src/index.js";

test.each([
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  "LD_AUDIT",
  "DYLD_INSERT_LIBRARIES",
  "NODE_OPTIONS",
  "BASH_ENV",
  "ENV",
  "PATH",
  "IFS",
  "PYTHONPATH",
  "PERL5OPT",
  "RUBYOPT",
  "JAVA_TOOL_OPTIONS",
  "GIT_SSH_COMMAND",
  "GIT_ASKPASS",
  "ld_preload",
  "BASH_FUNC_ls",
])("%s is refused", (name) => {
  expect(isRefusedName(name)).toBe(true);
});

test.each([
  "DATABASE_URL",
  "GITHUB_TOKEN",
  "LDAP_PASSWORD",
  "ENVIRONMENT",
  "PATH_PREFIX",
  "HTTP_PROXY",
])("%s is not", (name) => {
  expect(isRefusedName(name)).toBe(false);
});
