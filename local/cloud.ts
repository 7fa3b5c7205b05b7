/**
 * The local cloud without its sockets: VPN Gateway and KMS Secrets Manager behind one front door.
 *
 * Gaps: no billing, no other VPC actions, one account. By design: what the documentation leaves open is a
 * switch (switches.ts), and time-driven change happens when somebody looks (event-queue.ts), so that real
 * and virtual time behave alike. Client quirk that shaped it: each vendor client encodes differently, so
 * signatures are verified over decoded parameters.
 */
import { Faults } from './faults.ts';
import { checkReferences } from './fleet-file.ts';
import type { FleetFile } from './fleet-file.ts';
import { authenticate } from './front-door/authenticate.ts';
import { authoriseCall } from './front-door/authorise.ts';
import type { Call, CallResult, HttpRequest, HttpResponse, Product } from './front-door/call.ts';
import { Credentials } from './front-door/credentials.ts';
import type { AccountKey } from './front-door/credentials.ts';
import { ClientTokens } from './front-door/idempotency.ts';
import { identify, withoutProtocol } from './front-door/identify.ts';
import { strikeBefore } from './front-door/inject-fault.ts';
import { Nonces } from './front-door/nonces.ts';
import { Runner } from './front-door/run.ts';
import { refused, serialise } from './front-door/serialise.ts';
import { Throttle } from './front-door/throttle.ts';
import { validate } from './front-door/validate.ts';
import { Journal } from './journal.ts';
import { KMS_OPERATIONS } from './kms/operations.ts';
import { createKmsState, seedSecret } from './kms/state.ts';
import type { KmsState } from './kms/state.ts';
import { followLabel } from './label-followers.ts';
import { VendorError } from './operation.ts';
import type { CallContext, Caller, Definition, Params } from './operation.ts';
import { Prng } from './prng.ts';
import { Roles } from './ram/roles.ts';
import { defaultSwitches } from './switches.ts';
import type { Switches } from './switches.ts';
import { buildVpcState } from './vpc/build-state.ts';
import type { VpcState } from './vpc/model.ts';
import { VPC_OPERATIONS } from './vpc/operations.ts';

export const ACCOUNT_ID = '1234567890123456';

export interface CloudOptions {
  readonly seed: number;
  readonly now: () => number;
  readonly fleet: FleetFile;
  readonly switches?: Partial<Switches>;
}

/** A call that comes in past authentication: by a simulation, in the same process. */
export interface DirectCall {
  readonly product: 'vpc' | 'kms';
  readonly action: string;
  readonly regionId: string;
  readonly query: Params;
  readonly form: Params;
}

/** How late a lost write may still land. */
const LATE_MS = { min: 2_000, max: 30_000 } as const;

export class Cloud {
  readonly vpc: VpcState;
  readonly kms: KmsState;
  readonly roles: Roles;
  readonly credentials: Credentials;
  readonly faults: Faults;
  readonly journal = new Journal();
  readonly account: AccountKey;
  switches: Switches;
  /** Told of every call before and after it is carried out; for checkers. */
  readonly watchers: ((call: Call, result: CallResult | null) => void)[] = [];
  readonly #now: () => number;
  readonly #random: Prng;
  readonly #nonces = new Nonces();
  readonly #throttle = new Throttle();
  readonly #runner = new Runner(new ClientTokens());

  constructor(options: CloudOptions) {
    checkReferences(options.fleet);
    const random = new Prng(options.seed);
    const accountId = options.fleet.accountId ?? ACCOUNT_ID;
    const now = options.now();
    this.#now = options.now;
    this.#random = random.fork('calls');
    this.switches = { ...defaultSwitches(), ...options.switches };
    this.vpc = buildVpcState(options.fleet, { accountId, random: random.fork('vpc'), now });
    this.vpc.observers.push((event) => this.journal.observe(event));
    this.kms = createKmsState({
      random: random.fork('kms'),
      accountId,
      regionId: options.fleet.kmsRegion,
    });
    for (const secret of options.fleet.secrets) {
      const versions = secret.versions.map((version) => ({
        ...version,
        data: typeof version.data === 'string' ? version.data : JSON.stringify(version.data),
      }));
      seedSecret(this.kms, { name: secret.name, now, versions });
      followLabel(this.vpc, this.kms, secret.name, now);
    }
    const keys = random.fork('keys');
    this.account = {
      accessKeyId: `LTAI${keys.hex(16)}`,
      accessKeySecret: keys.hex(30),
      active: true,
    };
    this.roles = new Roles({ random, accountId });
    this.credentials = new Credentials({ accountId, roles: this.roles, keys: [this.account] });
    this.faults = new Faults(random.fork('faults'));
  }

  /** Identify → authenticate → the stages of every call. */
  handle(request: HttpRequest): HttpResponse {
    const now = this.#now();
    const requestId = this.#requestId();
    try {
      const identified = identify(request);
      const known = { credentials: this.credentials, nonces: this.#nonces };
      const caller = authenticate(identified, known, now);
      if (identified.product === 'fc') throw new Error('function calls have a door of their own');
      const query = withoutProtocol(identified.query);
      const form = withoutProtocol(identified.form);
      const regionId =
        identified.product === 'kms'
          ? this.kms.regionId
          : (query['RegionId'] ?? form['RegionId'] ?? '');
      const { product, action } = identified;
      return asText(this.#pass({ product, action, regionId, query, form }, caller, requestId));
    } catch (error) {
      if (error instanceof VendorError) return asText(refused(request.service, error, requestId));
      throw error;
    }
  }

  /** Who signed a request to Function Compute; throws a VendorError. */
  authenticateFunctionCall(request: HttpRequest): Caller {
    const known = { credentials: this.credentials, nonces: this.#nonces };
    return authenticate(identify(request), known, this.#now());
  }

  /** The stages of a call by the account itself, without sockets and signatures. */
  call(direct: DirectCall): CallResult {
    const { accountId } = this.credentials;
    const caller = { accountId, accessKeyId: this.account.accessKeyId, roleName: null };
    return this.#pass(direct, caller, this.#requestId());
  }

  /** Authorise → throttle → inject fault → validate → run → serialise. */
  #pass(direct: DirectCall, caller: Caller, requestId: string): CallResult {
    const now = this.#now();
    this.vpc.events.advance(now);
    this.journal.forgetEffects();
    const call: Call = {
      ...direct,
      caller,
      now,
      requestId,
      sourceIp: '127.0.0.1',
      params: {},
      operation: operationOf(direct.product, direct.action),
      state: direct.product === 'vpc' ? this.vpc : this.kms,
      fault: null,
      result: null,
    };
    for (const watch of this.watchers) watch(call, null);
    const result = this.#stages(call);
    const answered = result.kind === 'answer';
    const body = answered && typeof result.body === 'object' ? result.body : {};
    this.journal.record(call, {
      status: answered ? result.status : null,
      code: typeof body['Code'] === 'string' ? body['Code'] : null,
    });
    if (call.product === 'kms' && call.operation?.access === 'write') {
      followLabel(this.vpc, this.kms, call.params['SecretName'] ?? '', now);
    }
    for (const watch of this.watchers) watch(call, result);
    return result;
  }

  #stages(call: Call): CallResult {
    const context = this.#context(call, call.now);
    try {
      authoriseCall(call, context, this.roles);
      this.#throttle.admit(call);
      call.fault = this.faults.draw(call);
      const struck = strikeBefore(call);
      if (struck !== null) {
        if (struck.kind !== 'answer') this.#landLate(call);
        return struck;
      }
      validate(call, this.switches, this.vpc.regionIds);
      return serialise(call, this.#runner.run(call, context));
    } catch (error) {
      if (error instanceof VendorError) return refused(call.product, error, call.requestId);
      throw error;
    }
  }

  /** A write that never arrived may have been on its way all the same. */
  #landLate(call: Call): void {
    if (this.switches.lostWrite === 'never' || call.operation?.access !== 'write') return;
    const late: Call = { ...call, fault: null };
    this.vpc.events.schedule(call.now + this.#random.between(LATE_MS.min, LATE_MS.max), (at) => {
      try {
        validate(late, this.switches, this.vpc.regionIds);
        this.#runner.run({ ...late, now: at }, this.#context(late, at));
      } catch (error) {
        // Nobody hears of a late refusal.
        if (!(error instanceof VendorError)) throw error;
      }
    });
  }

  #context(call: Call, now: number): CallContext {
    const { regionId, caller, requestId } = call;
    return { now, regionId, caller, requestId, random: this.#random, switches: this.switches };
  }

  #requestId(): string {
    const hex = this.#random.hex(32).toUpperCase();
    return [0, 8, 12, 16, 20].map((start, i) => hex.slice(start, [8, 12, 16, 20, 32][i])).join('-');
  }
}

function operationOf(product: Product, action: string): Definition<unknown> | null {
  const table: Record<string, unknown> = product === 'vpc' ? VPC_OPERATIONS : KMS_OPERATIONS;
  return Object.hasOwn(table, action) ? (table[action] as Definition<unknown>) : null;
}

function asText(result: CallResult): HttpResponse {
  if (result.kind !== 'answer') return result;
  const { body } = result;
  return { ...result, body: typeof body === 'string' ? body : JSON.stringify(body) };
}
