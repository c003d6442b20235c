export type { FaultConnection } from "./connection.js";
export type { Direction, Fault, FaultKind } from "./fault.js";
export { startFaultProxy } from "./proxy.js";
export type {
  FaultProxy,
  FaultProxyOptions,
  FaultProxyStats,
  FaultScope,
  PassedBytes,
} from "./proxy.js";
export { faultSchedule, runFaultSchedule } from "./schedule.js";
export type { FaultScheduleOptions, RunFaultScheduleOptions, ScheduledFault } from "./schedule.js";
