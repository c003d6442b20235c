/** Where an error of an engine arose. */
export interface EnginePlace {
  /** Such as `issue`. */
  readonly operation: string;
  /** Mount, role or path; never a value. */
  readonly ref?: string | undefined;
}
