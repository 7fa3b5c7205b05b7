/**
 * The local cloud without its sockets: VPN Gateway, KMS Secrets Manager and Function Compute.
 *
 * Gaps: no billing, no other VPC actions, one account. By design: what the documentation leaves open is a
 * switch (switches.ts), and time-driven change happens when somebody looks (event-queue.ts), so that real
 * and virtual time behave alike. Client quirk that shaped it: each vendor client encodes differently, so
 * signatures are verified over decoded parameters.
 */
import { changeOfSecret } from './action-trail.ts';
import { realClock } from './clock.ts';
import { Faults } from './faults.ts';
import { unauthenticated, refusal } from './fc/answers.ts';
import { FunctionDoor } from './fc/door.ts';
import type { FcRequest } from './fc/door.ts';
import type { Execute } from './fc/execution.ts';
import { FunctionCompute } from './fc/function-compute.ts';
import { apiOf } from './fc/routes.ts';
import { checkReferences } from './fleet-file.ts';
import type { FleetFile, RoleFile } from './fleet-file.ts';
import { authenticate } from './front-door/authenticate.ts';
import { authoriseCall } from './front-door/authorise.ts';
import type { Call, CallResult, HttpRequest, HttpResponse, Product } from './front-door/call.ts';
import { Credentials } from './front-door/credentials.ts';
import type { AccountKey } from './front-door/credentials.ts';
import { ClientTokens } from './front-door/idempotency.ts';
import { identify, withoutProtocol } from './front-door/identify.ts';
import { strikeBefore } from './front-door/inject-fault.ts';
import { LATE_MS } from './front-door/late.ts';
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
  /** Before those of the fleet. */
  readonly switches?: Partial<Switches>;
  /** Waits in the time of `now`; default: in real time. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Runs functions; without it none can be run. */
  readonly execute?: Execute;
}

/** A call that comes in past authentication: by a simulation, in the same process. */
export interface DirectCall {
  readonly product: 'vpc' | 'kms';
  readonly action: string;
  readonly regionId: string;
  readonly query: Params;
  readonly form: Params;
}

export class Cloud {
  readonly vpc: VpcState;
  readonly kms: KmsState;
  readonly roles: Roles;
  readonly credentials: Credentials;
  readonly faults: Faults;
  readonly journal = new Journal();
  readonly functions: FunctionCompute;
  /** Queues and topics for the outcomes of functions, as `queues/name` and `topics/name`. */
  readonly mailboxes: Set<string>;
  readonly account: AccountKey;
  switches: Switches;
  /** Told of every call before and after it is carried out; for checkers. */
  readonly watchers: ((call: Call, result: CallResult | null) => void)[] = [];
  readonly #now: () => number;
  #stepMs = 0;
  readonly #functionDoor: FunctionDoor;
  readonly #random: Prng;
  readonly #nonces = new Nonces();
  readonly #throttle = new Throttle();
  readonly #runner = new Runner(new ClientTokens());

  constructor(options: CloudOptions) {
    checkReferences(options.fleet);
    const random = new Prng(options.seed);
    const accountId = options.fleet.accountId ?? ACCOUNT_ID;
    this.#now = () => options.now() + this.#stepMs;
    const now = this.now();
    this.#random = random.fork('calls');
    this.switches = { ...defaultSwitches(), ...options.fleet.switches, ...options.switches };
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
    for (const role of options.fleet.roles ?? []) this.defineRole(role);
    this.faults = new Faults(random.fork('faults'));
    this.faults.set(options.fleet.faults ?? []);
    const { queues = [], topics = [] } = options.fleet;
    this.mailboxes = new Set([
      ...queues.map((name) => `queues/${name}`),
      ...topics.map((name) => `topics/${name}`),
    ]);
    const { kmsRegion: regionId } = options.fleet;
    const { sleep = (ms: number) => realClock().sleep(ms) } = options;
    const clock = { now: () => this.now(), sleep };
    const { roles, faults, journal, mailboxes } = this;
    const execute = options.execute ?? noExecutor;
    const switches = (): Switches => this.switches;
    const place = { accountId, regionId, clock, roles, faults, switches };
    this.functions = new FunctionCompute({ ...place, mailboxes, random, execute });
    const { functions } = this;
    this.#functionDoor = new FunctionDoor({
      ...place,
      journal,
      functions,
      random: random.fork('function-door'),
    });
  }

  /** Throws on documents that the evaluator does not understand. */
  defineRole({ name, trust, policy }: RoleFile): void {
    this.roles.define({ name, trust, policies: [{ name, document: policy }] });
  }

  /** What the service takes for the time, in milliseconds since the epoch. */
  now(): number {
    return this.#now();
  }

  /** Sets the service's clock forward, or back with a negative length; what is due meanwhile happens. */
  stepClock(ms: number): void {
    this.#stepMs += ms;
    this.vpc.events.advance(this.now());
  }

  /** Identify → authenticate → the stages of every call. */
  handle(request: HttpRequest): HttpResponse {
    const now = this.#now();
    const requestId = this.#requestId();
    try {
      const identified = identify(request);
      const known = { credentials: this.credentials, nonces: this.#nonces };
      const caller = authenticate(identified, known, now);
      const query = withoutProtocol(identified.query);
      const form = withoutProtocol(identified.form);
      const regionId =
        identified.product === 'kms'
          ? this.kms.regionId
          : (query['RegionId'] ?? form['RegionId'] ?? '');
      const { product, action } = identified;
      if (product === 'fc') throw new Error('calls to functions come in by another method');
      return asText(this.#pass({ product, action, regionId, query, form }, caller, requestId));
    } catch (error) {
      if (error instanceof VendorError) return asText(refused(request.service, error, requestId));
      throw error;
    }
  }

  /** As above, for Function Compute, whose answers can take as long as a function does. */
  async handleFunctionCall(request: HttpRequest): Promise<HttpResponse> {
    const { method, path, headers, body } = request;
    try {
      const identified = identify(request);
      const known = { credentials: this.credentials, nonces: this.#nonces };
      const caller = authenticate(identified, known, this.now());
      const { query } = identified;
      return await this.#functionDoor.pass({ method, path, headers, body, query, caller });
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      const api = apiOf(path);
      const refused = api === 'fc2' ? unauthenticated(error) : error;
      const answer = refusal(api, refused, this.functions.requestId());
      return { kind: 'answer', ...answer, delayMs: 0 };
    }
  }

  /** A call to Function Compute by the account itself, without sockets and signatures. */
  callFunction(direct: Omit<FcRequest, 'caller'>): Promise<HttpResponse> {
    return this.#functionDoor.pass({ ...direct, caller: this.#itself() });
  }

  /** The stages of a call by the account itself, without sockets and signatures. */
  call(direct: DirectCall): CallResult {
    return this.#pass(direct, this.#itself(), this.#requestId());
  }

  #itself(): Caller {
    const { accountId } = this.credentials;
    return { accountId, accessKeyId: this.account.accessKeyId, roleName: null };
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
    };
    for (const watch of this.watchers) watch(call, null);
    const result = this.#stages(call);
    const answered = result.kind === 'answer';
    const body = answered && typeof result.body === 'object' ? result.body : {};
    this.journal.record(
      {
        ...call,
        action: call.operation === null ? null : call.action,
        clientToken: call.params['ClientToken'],
      },
      {
        status: answered ? result.status : null,
        code: typeof body['Code'] === 'string' ? body['Code'] : null,
      },
    );
    for (const watch of this.watchers) watch(call, result);
    return result;
  }

  #stages(call: Call): CallResult {
    const context = this.#context(call, call.now);
    try {
      authoriseCall(call, context, this.roles);
      this.#throttle.admit(call, this.switches);
      call.fault = this.faults.draw({
        product: call.product,
        action: call.action,
        access: call.operation?.access ?? 'read',
        now: call.now,
        query: call.query,
        form: call.form,
      });
      const struck = strikeBefore(call.product, call.fault);
      if (struck !== null) {
        if (struck.kind !== 'answer') this.#landLate(call);
        return struck;
      }
      validate(call, this.switches, this.vpc.regionIds);
      const body = this.#runner.run(call, context);
      this.#spread(call);
      return serialise(call, body);
    } catch (error) {
      if (!(error instanceof VendorError)) throw error;
      return withRetryAfter(refused(call.product, error, call.requestId), call.fault);
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
        this.#spread({ ...late, now: at });
      } catch (error) {
        // Nobody hears of a late refusal.
        if (!(error instanceof VendorError)) throw error;
      }
    });
  }

  /** Who hears of a changed secret: far ends that follow its label, functions by their triggers. */
  #spread(call: Call): void {
    if (call.product !== 'kms' || call.operation?.access !== 'write') return;
    followLabel(this.vpc, this.kms, call.params['SecretName'] ?? '', call.now);
    this.functions.publish(changeOfSecret(call, this.roles, this.switches));
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

/** Rejects, so that a missing executor is not taken for a function that failed. */
const noExecutor: Execute = () =>
  Promise.reject(new Error('this cloud was built without what runs functions'));

function operationOf(product: Product, action: string): Definition<unknown> | null {
  const table: Record<string, unknown> = product === 'vpc' ? VPC_OPERATIONS : KMS_OPERATIONS;
  return Object.hasOwn(table, action) ? (table[action] as Definition<unknown>) : null;
}

/** The gateway may say for how long to stay away. Source: the SDKs read this header, in milliseconds. */
function withRetryAfter(result: CallResult, fault: Call['fault']): CallResult {
  if (result.kind !== 'answer' || fault?.retryAfterMs === undefined) return result;
  const headers = { ...result.headers, 'x-acs-retry-after': String(fault.retryAfterMs) };
  return { ...result, headers };
}

function asText(result: CallResult): HttpResponse {
  if (result.kind !== 'answer') return result;
  const { body } = result;
  return { ...result, body: typeof body === 'string' ? body : JSON.stringify(body) };
}
