import { kinkoModule, secretToken, type KinkoModuleOptions } from "@kinko/inversify";
import { Container } from "inversify";

/** Reads one secret, when it is wanted. */
export async function readMailKey(options: KinkoModuleOptions = {}): Promise<string> {
  const container = new Container();
  await container.loadAsync(kinkoModule({ ...options, secrets: ["shop/mail-key"] }));
  try {
    const key = await container.getAsync(secretToken("shop/mail-key"));
    return key.text();
  } finally {
    await container.unbindAllAsync();
  }
}
