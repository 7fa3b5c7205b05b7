/**
 * A client that is loaded when it is first called: a cold start waits for none that it may not need. A load
 * that failed is tried again by the next call.
 */
export function lazily<Call, Answer>(
  load: () => Promise<(call: Call) => Promise<Answer>>,
): (call: Call) => Promise<Answer> {
  let loading: ReturnType<typeof load> | null = null;
  return async (call) => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return (await loading)(call);
  };
}
