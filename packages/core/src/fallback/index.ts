export { createFileFallback } from "./file-fallback.js";
export type { FileFallbackOptions } from "./file-fallback.js";
