import { IKE_SETTINGS, PARAMETERS } from './parameters.ts';
import type { SettingName, Settings } from './parameters.ts';
import type { LiveKey, Tunnel } from './fleet.ts';
import type { Redacted } from './redacted.ts';
import type { TunnelConfig } from './write.ts';

/** What a document wants of one tunnel. A null key and unnamed settings stay as they are. */
export interface Wanted {
  readonly key: Redacted | null;
  readonly settings: Settings;
}

/** `unknown`: nothing differs, but something that counts could not be read. */
export type Holds = 'yes' | 'no' | 'unknown';

/** The same wish, on another customer gateway; null: wherever the tunnel is. */
export function onGateway(wanted: Wanted, customerGatewayId: string | null): Wanted {
  if (customerGatewayId === null) return wanted;
  return { ...wanted, settings: { ...wanted.settings, customerGatewayId } };
}

export type Field = SettingName | 'key';

export const SETTING_NAMES: readonly SettingName[] = PARAMETERS.map((parameter) => parameter.name);

function keyHolds(live: LiveKey, wanted: Redacted | null): Holds {
  if (wanted === null) return 'yes';
  return live.kind === 'readable' ? (live.key.equals(wanted) ? 'yes' : 'no') : 'unknown';
}

/** Whether the tunnel, as read, holds what is wanted of it. */
export function holds(tunnel: Tunnel, wanted: Wanted): Holds {
  let result = keyHolds(tunnel.key, wanted.key);
  for (const name of SETTING_NAMES) {
    const value = wanted.settings[name];
    if (value === undefined) continue;
    const live = readSetting(tunnel, name);
    if (live === undefined) result = result === 'no' ? 'no' : 'unknown';
    else if (live !== value) result = 'no';
  }
  return result;
}

/** A setting as read; the customer gateway is a field of the tunnel itself. */
export function readSetting(tunnel: Tunnel, name: SettingName): Settings[SettingName] {
  return name === 'customerGatewayId' ? tunnel.customerGatewayId : tunnel.settings[name];
}

/** The fields in which the tunnel differs, or may differ, from what is wanted; in the order of the API page. */
export function differences(tunnel: Tunnel, wanted: Wanted): readonly Field[] {
  const fields: Field[] = keyHolds(tunnel.key, wanted.key) === 'yes' ? [] : ['key'];
  for (const name of SETTING_NAMES) {
    const value = wanted.settings[name];
    if (value !== undefined && readSetting(tunnel, name) !== value) fields.push(name);
  }
  return fields;
}

/**
 * The complete configuration to send: everything as read, with what is wanted laid over it. The customer
 * gateway is sent only where the document names it; a BGP setting only where BGP is on.
 */
export function completed(tunnel: Tunnel, wanted: Wanted): TunnelConfig {
  const live = tunnel.key.kind === 'readable' ? tunnel.key.key : null;
  return {
    key: wanted.key ?? live,
    settings: { ...restated(tunnel), ...wanted.settings },
  };
}

/** The tunnel's settings as they are sent to leave them as they are. */
export function restated(tunnel: Tunnel): Settings {
  const { customerGatewayId: _, ...settings } = tunnel.settings;
  return settings;
}

/** A tunnel as read, and what is wanted of it. */
interface Change {
  readonly tunnel: Tunnel;
  readonly wanted: Wanted;
}

/**
 * Whether two tunnels end with the same of all that the shared IKE SA needs and that is named for either:
 * what is named for only one is compared with what the other was read with. What cannot be read passes.
 */
export function sharesIke(a: Change, b: Change): boolean {
  const left = completed(a.tunnel, a.wanted);
  const right = completed(b.tunnel, b.wanted);
  const keyNamed = a.wanted.key !== null || b.wanted.key !== null;
  if (keyNamed && left.key !== null && right.key !== null && !left.key.equals(right.key)) {
    return false;
  }
  return IKE_SETTINGS.every((name) => {
    // Identities are per tunnel: the two tunnels of a connection have addresses of their own.
    if (name === 'localId' || name === 'remoteId') return true;
    if (a.wanted.settings[name] === undefined && b.wanted.settings[name] === undefined) return true;
    const [one, other] = [left.settings[name], right.settings[name]];
    return one === undefined || other === undefined || one === other;
  });
}

/** Whether two wishes for the same tunnel are the same wish. */
export function sameWish(a: Wanted, b: Wanted): boolean {
  const sameKey = a.key === null ? b.key === null : b.key !== null && a.key.equals(b.key);
  return sameKey && SETTING_NAMES.every((name) => a.settings[name] === b.settings[name]);
}
