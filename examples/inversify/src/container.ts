import type { SecretStore } from "@kinko/core";
import { SECRET_STORE } from "@kinko/inversify";
import { Container, type ContainerModule } from "inversify";
import { Mailer } from "./mailer.js";
import { OrderSigner } from "./order-signer.js";
import { settings, type Settings } from "./settings.js";

/** The shop's services; the module brings the store and the settings. */
export async function createContainer(kinko: ContainerModule): Promise<Container> {
  const container = new Container();
  await container.loadAsync(kinko);
  container
    .bind(OrderSigner)
    .toResolvedValue(({ signingKey }: Settings) => new OrderSigner(signingKey), [settings.token])
    .inSingletonScope();
  container
    .bind(Mailer)
    .toResolvedValue((store: SecretStore) => new Mailer(store), [SECRET_STORE])
    .inSingletonScope();
  return container;
}
