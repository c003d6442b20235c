import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createStore,
  silentLogger,
  systemClock,
  type Clock,
  type SecretProvider,
  type SecretStore,
} from "@kinko/core";
import { provider as factory, type LocalOptions } from "@kinko/provider-local";
import { initLocalStore, type InitLocalStoreResult } from "@kinko/provider-local/admin";

/** A store in a folder of its own. */
export interface TestStore {
  readonly directory: string;
  readonly file: string;
  readonly identity: string;
  readonly created: InitLocalStoreResult;
  readonly env: Record<string, string | undefined>;
  /** One more driver on the same file, as another process would have. */
  provider(options?: LocalOptions, clock?: Clock): SecretProvider;
  store(options?: LocalOptions, clock?: Clock): SecretStore;
  remove(): Promise<void>;
}

/** An empty folder that only this user can use. */
export async function privateFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "kinko-local-"));
  await chmod(directory, 0o700);
  return directory;
}

/** Creates an identity and an empty store. */
export async function createTestStore(options: LocalOptions = {}): Promise<TestStore> {
  const directory = await privateFolder();
  const env = { HOME: directory };
  const created = await initLocalStore({ ...options, directory, env });
  const opened: SecretProvider[] = [];
  const provider = (more: LocalOptions = {}, clock: Clock = systemClock): SecretProvider => {
    const context = { clock, logger: silentLogger, directory, env, timeoutMs: 30_000 };
    const driver = factory.create({ ...options, ...more }, context) as SecretProvider;
    opened.push(driver);
    return driver;
  };
  return {
    directory,
    file: created.file,
    identity: created.identityFile as string,
    created,
    env,
    provider,
    store: (more, clock) => createStore("local", provider(more, clock)),
    async remove() {
      await Promise.all(opened.map((driver) => driver.close()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
