declare const unit: unique symbol;

/** Milliseconds since the Unix epoch. */
export type EpochMs = number & { readonly [unit]: 'epoch-ms' };
/** A length of time in milliseconds. */
export type DurationMs = number & { readonly [unit]: 'duration-ms' };

export const epochMs = (value: number): EpochMs => value as EpochMs;
export const durationMs = (value: number): DurationMs => value as DurationMs;
export const seconds = (value: number): DurationMs => (value * 1000) as DurationMs;
export const minutes = (value: number): DurationMs => (value * 60_000) as DurationMs;
export const after = (start: EpochMs, length: DurationMs): EpochMs => (start + length) as EpochMs;
export const between = (start: EpochMs, end: EpochMs): DurationMs => (end - start) as DurationMs;
