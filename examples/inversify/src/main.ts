import { kinkoModule } from "@kinko/inversify";
import { createContainer } from "./container.js";
import { OrderSigner } from "./order-signer.js";
import { settings } from "./settings.js";

const container = await createContainer(kinkoModule({ manifests: [settings] }));
const { database, workers } = container.get(settings.token);
console.log(`${workers} workers use the database of ${database.user} at ${database.host}.`);
console.log(`Signature of order 1: ${container.get(OrderSigner).sign("order 1")}`);
await container.unbindAllAsync();
