import { ConfigError } from "@kinko/core";

/**
 * Variables with which the writer of a secret could run code in the program that gets them:
 * loaders, interpreters' start-up options, search paths, helpers that programs call, and shell
 * start-up files. Compared in upper case, since Windows does not tell case apart.
 */
const refusedNames = new Set([
  // Shells.
  "BASH_ENV",
  "BASHOPTS",
  "CDPATH",
  "COMSPEC",
  "ENV",
  "FPATH",
  "IFS",
  "PATH",
  "PATHEXT",
  "PROMPT_COMMAND",
  "PS4",
  "SHELL",
  "SHELLOPTS",
  "ZDOTDIR",
  // Interpreters and virtual machines.
  "CLASSPATH",
  "CORECLR_ENABLE_PROFILING",
  "CORECLR_PROFILER_PATH",
  "COR_PROFILER_PATH",
  "DOTNET_STARTUP_HOOKS",
  "ERL_AFLAGS",
  "ERL_FLAGS",
  "JAVA_TOOL_OPTIONS",
  "JDK_JAVA_OPTIONS",
  "_JAVA_OPTIONS",
  "LUA_CPATH",
  "LUA_INIT",
  "LUA_PATH",
  "NODE_OPTIONS",
  "NODE_PATH",
  "NODE_REPL_EXTERNAL_MODULE",
  "PERL5DB",
  "PERL5LIB",
  "PERL5OPT",
  "PERLLIB",
  "PHPRC",
  "PHP_INI_SCAN_DIR",
  "PYTHONBREAKPOINT",
  "PYTHONHOME",
  "PYTHONPATH",
  "PYTHONSTARTUP",
  "PYTHONUSERBASE",
  "R_PROFILE",
  "R_PROFILE_USER",
  "RUBYLIB",
  "RUBYOPT",
  // Programs that other programs start.
  "BROWSER",
  "EDITOR",
  "LESSCLOSE",
  "LESSOPEN",
  "MANPAGER",
  "PAGER",
  "SSH_ASKPASS",
  "SUDO_ASKPASS",
  "VISUAL",
  // The C library and OpenSSL load modules and settings from these.
  "GCONV_PATH",
  "GETCONF_DIR",
  "GLIBC_TUNABLES",
  "HOSTALIASES",
  "LOCPATH",
  "NLSPATH",
  "OPENSSL_CONF",
  "OPENSSL_ENGINES",
  "OPENSSL_MODULES",
  "RESOLV_HOST_CONF",
]);

const refusedPrefixes = ["LD_", "DYLD_", "GIT_", "BASH_FUNC_", "NPM_CONFIG_"];

/** Whether a secret becomes this variable only when it is allowed by name, such as `LD_PRELOAD`. */
export function isRefusedName(name: string): boolean {
  const upper = name.toUpperCase();
  return refusedNames.has(upper) || refusedPrefixes.some((prefix) => upper.startsWith(prefix));
}

const portableName = /^[A-Za-z_][A-Za-z0-9_]*$/u;

/** Whether a shell can name it, as POSIX.1-2017 section 8.1 asks of portable variables. */
export function isPortableName(name: string): boolean {
  return portableName.test(name);
}

/**
 * @throws ConfigError with the reason `invalid-variable` or `refused-variable`.
 */
export function checkTargetName(name: string, source: string, allowNames: readonly string[]): void {
  if (!isPortableName(name)) {
    throw new ConfigError(`${source} cannot become the variable ${JSON.stringify(name)}.`, {
      reason: "invalid-variable",
      advice: "Use letters, digits and underscores, not starting with a digit.",
    });
  }
  if (isRefusedName(name) && !allowNames.includes(name)) {
    throw new ConfigError(
      `${source} would become ${name}, which can make programs run other code.`,
      {
        reason: "refused-variable",
        advice: "Rename the secret, or allow this variable by its name.",
      },
    );
  }
}
