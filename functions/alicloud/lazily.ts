/** Loads once, when it is first needed: a cold start waits for nothing that it may not need. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () => {
    // A load that failed is tried again by the next call.
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

/** A client that is loaded by its first call. */
export function lazily<Call, Answer>(
  load: () => Promise<(call: Call) => Promise<Answer>>,
): (call: Call) => Promise<Answer> {
  const client = once(load);
  return async (call) => (await client())(call);
}

/** Methods of one argument each, as the ports have them. */
type Methods<Port> = { readonly [Name in keyof Port]: (argument: never) => Promise<unknown> };

/** A port whose adapter is loaded by the first call of any of its methods, which `names` lists. */
export function lazyPort<Port extends Methods<Port>>(
  names: Readonly<Record<keyof Port & string, true>>,
  load: () => Promise<Port>,
): Port {
  const port = once(load);
  const method = (name: keyof Port) => async (argument: never) => (await port())[name](argument);
  // Each name of the port is in `names`, or this would not compile.
  return Object.fromEntries(
    Object.keys(names).map((name) => [name, method(name as keyof Port)]),
  ) as unknown as Port;
}
