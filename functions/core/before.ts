import { PARAMETERS } from './parameters.ts';
import type { SettingName, Settings } from './parameters.ts';
import { Redacted } from './redacted.ts';
import { tunnelName } from './fleet.ts';
import type { TunnelRef } from './fleet.ts';
import type { Wanted } from './compare.ts';

/**
 * The content of a version labelled KeyturnBefore: live values that no other version states, saved before
 * they are overwritten. Unlike a rotation document it may hold values that are in no documented list,
 * since a tunnel may have had them.
 */
export interface BeforeRecord extends Saved {
  /**
   * What the record before this one had saved for the version that was current then. Only one version
   * carries the label, and the way back from that version still needs it.
   */
  readonly earlier: Saved | null;
}

export interface Saved {
  /** The version whose application these values were saved for. */
  readonly forVersionId: string;
  readonly tunnels: ReadonlyMap<string, BeforeTunnel>;
}

export interface BeforeTunnel extends Wanted {
  readonly tunnel: TunnelRef;
}

const SCHEMA = 'keyturn/before/1';

/** What was saved for one version, or null. */
export function savedFor(record: BeforeRecord | null, versionId: string | null): Saved | null {
  if (record?.forVersionId === versionId) return record;
  return record?.earlier?.forVersionId === versionId ? record.earlier : null;
}

/** The record as text for the secret store. This is the one place where a live key is written out. */
export function renderBefore(record: BeforeRecord): Redacted {
  const { earlier } = record;
  const nested = earlier === null ? {} : { earlier: plain(earlier) };
  return new Redacted(JSON.stringify({ schema: SCHEMA, ...plain(record), ...nested }));
}

function plain({ forVersionId, tunnels }: Saved) {
  const list = [...tunnels.values()].map(({ tunnel, key, settings }) => ({
    ...tunnel,
    key: key === null ? null : key.expose(),
    settings,
  }));
  return { forVersionId, tunnels: list };
}

/** Null when the text is not such a record. */
export function parseBefore(text: string): BeforeRecord | null {
  const root = parseObject(text);
  if (root === null || root['schema'] !== SCHEMA) return null;
  const saved = parseSaved(root);
  if (saved === null) return null;
  if (root['earlier'] === undefined) return { ...saved, earlier: null };
  const earlier = isObject(root['earlier']) ? parseSaved(root['earlier']) : null;
  return earlier === null ? null : { ...saved, earlier };
}

function parseSaved({
  forVersionId,
  tunnels: list,
}: Readonly<Record<string, unknown>>): Saved | null {
  if (typeof forVersionId !== 'string' || !Array.isArray(list)) return null;
  const tunnels = new Map<string, BeforeTunnel>();
  for (const entry of list as readonly unknown[]) {
    const parsed = isObject(entry) ? parseTunnel(entry) : null;
    if (parsed === null) return null;
    tunnels.set(tunnelName(parsed.tunnel), parsed);
  }
  return { forVersionId, tunnels };
}

function parseTunnel(entry: Readonly<Record<string, unknown>>): BeforeTunnel | null {
  const { regionId, vpnConnectionId, tunnelId, key, settings } = entry;
  if (typeof regionId !== 'string' || typeof vpnConnectionId !== 'string') return null;
  if (tunnelId !== null && typeof tunnelId !== 'string') return null;
  if (key !== null && typeof key !== 'string') return null;
  if (!isObject(settings)) return null;
  return {
    tunnel: { regionId, vpnConnectionId, tunnelId },
    key: key === null ? null : new Redacted(key),
    settings: knownSettings(settings),
  };
}

function knownSettings(source: Readonly<Record<string, unknown>>): Settings {
  const kept: Partial<Record<SettingName, string | number | boolean>> = {};
  for (const { name } of PARAMETERS) {
    const value = source[name];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      kept[name] = value;
    }
  }
  return kept as Settings;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
