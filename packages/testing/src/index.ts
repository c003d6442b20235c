export { canaryOf, createCanary, expectClean, findCanary } from "./canary/canary.js";
export type { Canary, CanaryForm } from "./canary/canary.js";
export { expectFilesClean, findCanaryInFiles } from "./canary/files.js";
export { FakeClock, flushMicrotasks } from "./clock/fake-clock.js";
export type { FakeClockOptions } from "./clock/fake-clock.js";
export { hostileNames } from "./hostile-names.js";
