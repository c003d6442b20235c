export { MemoryFault } from "./history.js";
export { createMemoryProvider, MemoryProvider } from "./memory-provider.js";
export type { MemoryCall, MemoryHooks } from "./memory-provider.js";
export { memoryOptions } from "./options.js";
export type { MemoryOptions } from "./options.js";
export { provider } from "./provider.js";
