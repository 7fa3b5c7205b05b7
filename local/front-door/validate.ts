import type { Switches } from '../switches.ts';
import type { Params } from '../operation.ts';
import type { Call } from './call.ts';
import { gatewayRefusal } from './gateway-refusals.ts';

/** Rules that hold for every action of a product; the action's own rules are its own. */
export function validate(call: Call, switches: Switches, regionIds: readonly string[]): void {
  call.params = { ...usableForm(call, switches), ...call.query };
  if (call.product === 'kms') return;
  const { ClientToken } = call.params;
  // Up to 64 ASCII characters (idempotence page of VPC).
  if (ClientToken !== undefined && !/^[!-~]{1,64}$/.test(ClientToken)) {
    throw gatewayRefusal('InvalidClientToken');
  }
  if (call.regionId !== '' && !regionIds.includes(call.regionId)) {
    throw gatewayRefusal('InvalidRegionId.NotFound');
  }
}

/** Whether ModifyTunnelAttribute takes its options from a form body is not documented. */
function usableForm(call: Call, switches: Switches): Params {
  if (call.action !== 'ModifyTunnelAttribute' || switches.optionsInBody === 'accepted') {
    return call.form;
  }
  return Object.fromEntries(
    Object.entries(call.form).filter(([name]) => !name.startsWith('TunnelOptionsSpecification.')),
  );
}
