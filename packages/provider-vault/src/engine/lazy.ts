type AnyMethod = (...parameters: never[]) => Promise<unknown>;

/** Names of the methods that answer by a promise. */
export type AsyncMethods<Engine> = {
  [Name in keyof Engine]: Engine[Name] extends AnyMethod ? Name : never;
}[keyof Engine];

/**
 * An object whose methods load their code at the first call. Every method is named, so that none is
 * forgotten when one is added.
 */
export function lazyMethods<Engine extends object>(
  load: () => Promise<Pick<Engine, AsyncMethods<Engine>>>,
  names: Readonly<Record<AsyncMethods<Engine>, true>>,
): Pick<Engine, AsyncMethods<Engine>> {
  let loading: ReturnType<typeof load> | undefined;
  const method =
    (name: string) =>
    async (...parameters: unknown[]) => {
      const engine = (await (loading ??= load())) as Readonly<
        Record<string, (...parameters: unknown[]) => unknown>
      >;
      return engine[name]?.(...parameters);
    };
  return Object.fromEntries(Object.keys(names).map((name) => [name, method(name)])) as Pick<
    Engine,
    AsyncMethods<Engine>
  >;
}
