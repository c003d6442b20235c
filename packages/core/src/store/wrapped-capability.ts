/**
 * The same capability, whose failures are SecretErrors: what `store.as()` hands out calls the
 * driver directly, and the raw errors of an SDK may carry tokens and bodies.
 */
export function withWrappedErrors<Capability extends object>(
  capability: Capability,
  wrap: (error: unknown) => Error,
): Capability {
  return new Proxy(capability, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]): unknown => {
        let result: unknown;
        try {
          result = Reflect.apply(member, target, parameters);
        } catch (error) {
          throw wrap(error);
        }
        if (isAsyncIterable(result)) return withWrappedFailure(result, wrap);
        if (!(result instanceof Promise)) return result;
        return result.catch((error: unknown) => {
          throw wrap(error);
        });
      };
    },
  });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

async function* withWrappedFailure(
  items: AsyncIterable<unknown>,
  wrap: (error: unknown) => Error,
): AsyncGenerator<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw wrap(error);
  }
}
