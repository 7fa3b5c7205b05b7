/** How late a lost write may still land. */
export const LATE_MS = { min: 2_000, max: 30_000 } as const;
