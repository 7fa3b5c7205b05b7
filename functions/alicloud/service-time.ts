import { epochMs } from '../core/units.ts';
import type { EpochMs } from '../core/units.ts';
import type { Endpoint } from './endpoints.ts';

/**
 * The time of a service as the `Date` of an unsigned request's answer says it, whole seconds; null where
 * there is no answer or none that says so. Nothing is asked of the service, so it answers with an error.
 */
export async function serviceTime(endpoint: Endpoint, timeoutMs: number): Promise<EpochMs | null> {
  try {
    const response = await fetch(`${endpoint.protocol}://${endpoint.host}/`, {
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'manual',
    });
    await response.body?.cancel();
    const time = Date.parse(response.headers.get('date') ?? '');
    return Number.isFinite(time) ? epochMs(time) : null;
  } catch {
    return null;
  }
}
