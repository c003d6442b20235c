export { createRotatingPool } from "./rotating-pool.js";
export type { RotatingPool } from "./pool-type.js";
export type { RotatingPoolEvent, RotatingPoolOptions } from "./options.js";
export type { TransactionOptions } from "./transaction.js";
