import type { Reason } from '../core/codes.ts';
import { laneOf } from '../core/groups.ts';
import type { ShardConnection, ShardDocument } from '../core/shards.ts';
import { LABELS } from '../core/versions.ts';
import type { Connection } from '../core/fleet.ts';
import type { Run } from './context.ts';
import { reasonOf } from './failures.ts';
import { PAGE_SIZE, readAll } from './pages.ts';
import { reliably } from './retry.ts';

/** Just enough of documents and regions to cut them: no key, no setting and no state is kept. */
export interface Survey {
  readonly documents: readonly ShardDocument[];
  readonly connections: readonly ShardConnection[];
  /** Secrets that could not be read: left out, because nobody knows what they touch. */
  readonly unreadable: ReadonlyMap<string, Reason>;
  /** The first region that could not be read. Without it nobody knows what hangs together. */
  readonly fault: Reason | null;
}

/** Secrets that are read side by side; KMS takes 450 reads a second from a whole account. */
const READERS = 8;

/** Reads what the documents name, in every version that could be applied, and what is there in their regions. */
export async function survey(run: Run, names: readonly string[]): Promise<Survey> {
  const documents: ShardDocument[] = [];
  const unreadable = new Map<string, Reason>();
  const regions = new Set<string>();
  const queue = [...names];
  const read = async (): Promise<void> => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      const found = await surveyDocument(run, name);
      if ('code' in found) unreadable.set(name, found);
      else documents.push(found);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  documents.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const name of documents.flatMap(({ connections }) => connections)) {
    regions.add(name.slice(0, name.indexOf('/')));
  }
  const listed = await Promise.all([...regions].sort().map((region) => surveyRegion(run, region)));
  const fault = listed.find((region) => 'code' in region);
  return {
    documents,
    connections: listed.flatMap((region) => ('code' in region ? [] : region)),
    unreadable,
    fault: fault !== undefined && 'code' in fault ? fault : null,
  };
}

async function surveyDocument(run: Run, name: string): Promise<ShardDocument | Reason> {
  const connections = new Set<string>();
  let hasNext = false;
  for (const label of [LABELS.next, LABELS.current]) {
    const read = await reliably(run, () => run.ports.secrets.readLabelled(name, label));
    if (read.kind === 'notFound') continue;
    if (read.kind !== 'ok') return reasonOf(read, name);
    hasNext ||= label === LABELS.next;
    const parsed = await run.parseDocument(read.value.data.expose());
    if (parsed.kind !== 'document') continue;
    for (const { regionId, vpnConnectionId } of parsed.document.targets) {
      connections.add(`${regionId}/${vpnConnectionId}`);
    }
  }
  return { name, connections: [...connections].sort(), hasNext };
}

async function surveyRegion(
  run: Run,
  regionId: string,
): Promise<readonly ShardConnection[] | Reason> {
  const listed = await readAll<ShardConnection>(
    run,
    ({ name }) => name,
    async (pageNumber) => {
      const query = { regionId, pageNumber, pageSize: PAGE_SIZE };
      const page = await run.ports.vpn.listVpnConnections(query);
      if (page.kind !== 'ok') return page;
      const items = page.value.items.map(outlineOf);
      return { kind: 'ok', value: { items, totalCount: page.value.totalCount } };
    },
  );
  return listed.kind === 'ok' ? listed.value : reasonOf(listed, regionId);
}

function outlineOf(connection: Connection): ShardConnection {
  const { regionId, vpnConnectionId, tunnels } = connection;
  const ids = tunnels.map(({ customerGatewayId }) => `${regionId}/${customerGatewayId}`);
  return {
    regionId,
    name: `${regionId}/${vpnConnectionId}`,
    laneId: laneOf(connection),
    customerGateways: [...new Set(ids)],
    tunnels: tunnels.length,
  };
}
