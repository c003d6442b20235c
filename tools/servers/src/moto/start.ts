import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import { RunFolder } from "../process/run-folder.js";
import { ServerProcess } from "../process/server-process.js";
import { startOnFreePort } from "../process/start-on-free-port.js";
import { isMoto } from "./external.js";
import type { FindMotoOptions, MotoEnvironment } from "./install.js";
import { prepareMoto } from "./install.js";

/** A moto that a test can talk to, whoever started it. */
export interface MotoEndpoint {
  /** `http://127.0.0.1:PORT`, the `endpoint` of an AWS client. It takes any credentials and region. */
  readonly address: string;
}

/** A moto that this process started and controls. */
export interface MotoServer extends MotoEndpoint {
  /** `5.2.5` */
  readonly version: string;
  /** Undefined once it is not running. */
  readonly pid: number | undefined;
  /** Its log, inside its run's folder. */
  readonly logFile: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it with everything it kept, which is in memory. Idempotent. */
  stop(): Promise<void>;
}

export interface StartMotoOptions extends FindMotoOptions {
  /** Default: looked for, and installed when it is not there (see {@link prepareMoto}). */
  readonly moto?: MotoEnvironment;
}

/** Importing moto takes 2 seconds; a busy machine may need many times that. */
const startTimeoutMs = 120_000;

/**
 * Starts moto, which answers as AWS Secrets Manager and KMS, on a free loopback port, empty, with the
 * corrections of `moto/serve.py`. It ends with this process, also when that is killed; `stop()` ends
 * it before.
 *
 * @throws ServerUnavailableError when moto is not there and cannot be installed
 * @throws ServerStartError when it does not start, with the end of its log
 *
 * @example
 * ```ts
 * const moto = await startMoto();
 * const client = new SecretsManagerClient({ endpoint: moto.address, region: "eu-central-1" });
 * ```
 */
export async function startMoto(options: StartMotoOptions = {}): Promise<MotoServer> {
  const moto = options.moto ?? (await prepareMoto(options));
  return startOnFreePort((port) => startServer(moto, port));
}

async function startServer(moto: MotoEnvironment, port: number): Promise<MotoServer> {
  const folder = new RunFolder("moto");
  const address = `http://127.0.0.1:${port}`;
  const process = new ServerProcess(folder, {
    title: "moto",
    command: moto.python,
    args: [join(packageRoot, "moto", "serve.py"), String(port)],
    environment: { MOTO_PORT: String(port) },
  });
  try {
    process.start();
    await process.waitUntilReady(() => isMoto(address), startTimeoutMs, []);
  } catch (error) {
    await process.stop();
    folder.remove();
    throw error;
  }
  return {
    address,
    version: moto.version,
    logFile: process.logFile,
    get pid() {
      return process.pid;
    },
    kill: () => process.kill(),
    async stop() {
      await process.stop();
      folder.remove();
    },
  };
}
