import { SETTING_NAMES } from './compare.ts';
import type { Field, Wanted } from './compare.ts';
import type { RotationDocument } from './document.ts';
import type { TunnelRef } from './fleet.ts';
import type { SettingName, Settings } from './parameters.ts';
import type { TunnelConfig } from './write.ts';

/** What a document says of one tunnel: its own target, or that of its whole connection. Null: nothing. */
export function statedBy(document: RotationDocument, ref: TunnelRef): Wanted | null {
  const target = document.targets.find(
    (candidate) =>
      candidate.regionId === ref.regionId &&
      candidate.vpnConnectionId === ref.vpnConnectionId &&
      (candidate.tunnelId === null || candidate.tunnelId === ref.tunnelId),
  );
  return target === undefined ? null : { key: target.key, settings: target.settings };
}

/** Whether the fields of `live` that a step changes stand in one of the stored statements. */
export function covered(
  live: TunnelConfig,
  changes: readonly Field[],
  statements: readonly Wanted[],
): boolean {
  return statements.some((stated) =>
    changes.every((field) =>
      field === 'key'
        ? live.key === null || (stated.key?.equals(live.key) ?? false)
        : stated.settings[field] === live.settings[field],
    ),
  );
}

/** Only the named settings of a configuration: what has to be remembered to undo a change of them. */
export function pick(settings: Settings, changes: readonly Field[]): Settings {
  const kept: Partial<Record<SettingName, string | number | boolean>> = {};
  for (const name of SETTING_NAMES) {
    const value = settings[name];
    if (changes.includes(name) && value !== undefined) kept[name] = value;
  }
  return kept as Settings;
}
