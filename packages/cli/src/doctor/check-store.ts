import {
  defaultTimeoutMs,
  isSecretError,
  openStore,
  silentLogger,
  type ProviderFactory,
  type ProviderHealth,
  type SecretStore,
} from "@kinko/core";
import { findProvider, providerOptions, type LoadedConfig } from "@kinko/core/config";
import { bundledProvider } from "../bundled-provider.js";
import type { CommandContext } from "../command.js";
import { withTimeout } from "../store-timeout.js";
import { findingOf, type Finding } from "./finding.js";

/** A clock that is this far off breaks logins and leases that are checked by time. */
const maxSkewSeconds = 60;

/** Everything about one entry of the config: package, options, files, reachability, access. */
export async function checkStore(
  context: CommandContext,
  loaded: LoadedConfig,
  entry: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (check: string, message: string): void => {
    findings.push({ check: `${entry}: ${check}`, status: "ok", message });
  };
  let factory: ProviderFactory;
  try {
    factory = await findProvider(loaded.config.providers?.[entry]?.use ?? entry, {
      directory: loaded.directory,
      importProvider: context.io.importProvider ?? bundledProvider,
      configured: Object.keys(loaded.config.providers ?? {}),
    });
    add("package", `The provider ${factory.name} is installed.`);
  } catch (error) {
    return [findingOf(`${entry}: package`, error)];
  }
  try {
    const options = await providerOptions(factory, entry, loaded);
    add("options", "The options are valid.");
    findings.push(...(await diagnose(context, loaded, entry, factory, options)));
  } catch (error) {
    return [...findings, findingOf(`${entry}: options`, error)];
  }
  try {
    const store = await openEntry(context, entry, (message) => {
      findings.push({ check: `${entry}: warning`, status: "warning", message, reason: "warning" });
    });
    try {
      findings.push(...(await checkHealth(store, entry)));
    } finally {
      await store.close();
    }
  } catch (error) {
    findings.push(findingOf(`${entry}: open`, error));
  }
  return findings;
}

async function diagnose(
  { io, globals }: CommandContext,
  loaded: LoadedConfig,
  entry: string,
  factory: ProviderFactory,
  options: unknown,
): Promise<Finding[]> {
  const found = await factory.diagnose?.(options, {
    clock: io.clock,
    logger: silentLogger,
    directory: loaded.directory,
    env: io.env,
    timeoutMs: globals.timeoutMs ?? loaded.config.timeoutMs ?? defaultTimeoutMs,
  });
  return (found ?? []).map(({ subject, ok, warning, message, advice, reason }) => ({
    check: `${entry}: ${subject}`,
    status: ok ? "ok" : warning === true ? "warning" : "problem",
    message,
    fix: advice,
    reason,
  }));
}

async function openEntry(
  { io, globals }: CommandContext,
  entry: string,
  warn: (message: string) => void,
): Promise<SecretStore> {
  const store = await openStore({
    logger: { ...silentLogger, warn, error: warn },
    config: globals.config,
    store: entry,
    resilience: false,
    cwd: io.cwd,
    env: io.env,
    clock: io.clock,
    importProvider: io.importProvider ?? bundledProvider,
  });
  return withTimeout(store, globals.timeoutMs);
}

async function checkHealth(store: SecretStore, entry: string): Promise<Finding[]> {
  const health = await store.health();
  const check = `${entry}: health`;
  if (health.status === "unhealthy") {
    return [{ check, status: "problem", message: health.message, reason: health.code }];
  }
  const status = health.status === "healthy" ? "ok" : "warning";
  return [
    { check, status, message: health.message, reason: health.code },
    ...checkClock(health, entry),
    await checkAccess(store, entry),
    ...(await checkIdentity(store, entry)),
  ];
}

/** What is unwise about the credentials; that they do not work at all is told by the access check. */
async function checkIdentity(store: SecretStore, entry: string): Promise<Finding[]> {
  try {
    const { warnings } = await store.as("identity").check({ signal: AbortSignal.timeout(5_000) });
    return warnings.map(({ reason, message, advice }) => ({
      check: `${entry}: credentials`,
      status: "warning",
      message,
      fix: advice,
      reason,
    }));
  } catch {
    return [];
  }
}

/** Providers that learn their server's time tell how far ahead it is as `clockSkewSeconds`. */
function checkClock({ details }: ProviderHealth, entry: string): Finding[] {
  const skewSeconds = details["clockSkewSeconds"];
  if (typeof skewSeconds !== "number") return [];
  const check = `${entry}: clock`;
  const seconds = Math.abs(skewSeconds);
  if (seconds <= maxSkewSeconds) return [{ check, status: "ok", message: "The clocks agree." }];
  const direction = skewSeconds < 0 ? "ahead of" : "behind";
  return [
    {
      check,
      status: "problem",
      message: `The clock of this machine is ${seconds} s ${direction} that of the store.`,
      fix: "Set it by NTP; logins and leases are checked by time.",
      reason: "clock-skew",
    },
  ];
}

/** Whether the credentials are accepted, by asking for one page of names. */
async function checkAccess(store: SecretStore, entry: string): Promise<Finding> {
  const check = `${entry}: access`;
  try {
    const pages = store.list({ recursive: false, pageSize: 1 }).pages()[Symbol.asyncIterator]();
    await pages.next();
    await pages.return?.();
    return { check, status: "ok", message: "The credentials are accepted, and may list names." };
  } catch (error) {
    if (!isSecretError(error, "PermissionDenied")) return findingOf(check, error);
    return {
      check,
      status: "warning",
      message: "The credentials are accepted, but may not list names at the top.",
      fix: "This is fine for a program that reads exact names; otherwise ask for a policy.",
      reason: "may-not-list",
    };
  }
}
