import { KeyturnError } from '../functions/core/codes.ts';
import { clock } from '../functions/core/examination.ts';
import type { Check } from '../functions/core/examination.ts';
import { durationMs } from '../functions/core/units.ts';
import { kmsEndpoint, serviceTime, vpcEndpoint } from '../functions/alicloud/index.ts';
import type { Endpoint } from '../functions/alicloud/index.ts';
import { doctorText } from '../functions/report/doctor-text.ts';
import type { DoctorData } from '../functions/report/doctor-text.ts';
import { wire } from '../functions/rotate/wire.ts';
import { systemClock } from '../functions/rotate/system.ts';
import { examine } from '../functions/run/examine.ts';
import { executionOf, regionOf } from './execution.ts';
import type { CloudOptions } from './execution.ts';
import { show } from './output.ts';
import { readRegions } from './regions.ts';

export interface DoctorOptions extends CloudOptions {
  readonly regions?: string;
}

/** Looks at everything that a run depends on. Writes nothing. Gives the exit status. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const execution = executionOf('plan', options);
  const region = regionOf(execution);
  const { settings, command } = execution;
  const secrets = command.secrets.length > 0 ? command.secrets : settings.secrets;
  if (secrets.length === 0) throw new KeyturnError('no-secrets', '');
  const regions = readRegions(options.regions, []);
  const kms = settings.kmsEndpoint ?? kmsEndpoint(region);
  const vpc = settings.vpcEndpoint ?? vpcEndpoint(region);
  const clocks = await Promise.all([
    clockCheck('KMS', kms, settings.requestTimeoutMs),
    clockCheck('VPC', vpc, settings.requestTimeoutMs),
  ]);
  const { leaseSecret } = settings;
  const found = await examine(wire(execution, new Map()), { secrets, leaseSecret, regions });
  const data: DoctorData = {
    schema: 'keyturn/doctor/1',
    checks: [...clocks, ...found.checks],
    settled: found.settled,
  };
  show(data, options.json, doctorText);
  return data.checks.some(({ state }) => state === 'failed') ? 2 : 0;
}

const HALF_A_SECOND_MS = 500;

/** The service's clock counts in whole seconds, and an answer takes its time: half of each is taken off. */
async function clockCheck(service: string, endpoint: Endpoint, timeoutMs: number): Promise<Check> {
  const asked = systemClock.now();
  const theirs = await serviceTime(endpoint, timeoutMs);
  if (theirs === null) return clock(service, null);
  const ours = (asked + systemClock.now()) / 2;
  return clock(service, durationMs(ours - theirs - HALF_A_SECOND_MS));
}
