import type { ServerName, ShownServer } from "./servers.js";
import { startServer } from "./servers.js";

/**
 * Starts servers, prints their variables as `export` lines on standard output, and resolves after
 * SIGINT or SIGTERM once all are stopped.
 */
export async function start(names: readonly ServerName[]): Promise<void> {
  const interrupted = nextSignal();
  const servers: ShownServer[] = [];
  try {
    for (const name of names) {
      const server = await startServer(name);
      servers.push(server);
      process.stdout.write(exportLines(name, server));
    }
    process.stderr.write("Running. Press Ctrl-C to stop and remove everything.\n");
    await interrupted;
    process.stderr.write("Stopping.\n");
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function exportLines(name: ServerName, server: ShownServer): string {
  const lines = Object.entries(server.variables).map(
    ([key, value]) => `export ${key}='${value.replaceAll("'", "'\\''")}'`,
  );
  return [`# ${name}, log: ${server.logFile}`, ...lines, ""].join("\n");
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    // The servers do not hold this process, so something has to until the signal comes.
    const keepAlive = setInterval(() => undefined, 2 ** 30);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        clearInterval(keepAlive);
        resolve();
      });
    }
  });
}
