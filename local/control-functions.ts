/** The part of the control address that concerns Function Compute. */
import { randomUUID } from 'node:crypto';
import type { Cloud } from './cloud.ts';
import { BadRequest } from './control-route.ts';
import type { Routes } from './control-route.ts';
import type { AsyncTask } from './fc/async-task.ts';
import { EVENT_FORMS } from './fc/envelopes.ts';
import type { BusEvent, EventForm } from './fc/envelopes.ts';

type Json = Readonly<Record<string, unknown>>;

export const FUNCTION_ROUTES: Routes = {
  'GET /functions': ({ cloud }) => cloud.functions.deployed(),
  'POST /functions': ({ cloud, deploy }, body) => {
    deploy(body);
    return cloud.functions.deployed().at(-1);
  },
  'GET /functions/invocations': ({ cloud }, _body, query) => {
    const name = query.get('function');
    return cloud.functions
      .invocations()
      .filter(({ functionName }) => name === null || functionName === name);
  },
  'GET /functions/tasks': ({ cloud }) => cloud.functions.tasks.all().map(showTask),
  'GET /functions/destinations': ({ cloud }) => cloud.functions.deliveries(),
  'GET /functions/idle': async ({ cloud }) => {
    await cloud.functions.idle();
    return { idle: true };
  },
  'POST /functions/timer': ({ cloud }, body) => fireTimer(cloud, body),
  'POST /functions/event': ({ cloud }, body) => sendEvents(cloud, body),
  'POST /functions/crash': ({ cloud }, body) => ({
    killed: cloud.functions.crash(textOf(body, 'function')),
  }),
  'POST /queues': ({ cloud }, body) => {
    cloud.mailboxes.add(`queues/${textOf(body, 'name')}`);
  },
};

/** A timer goes off now, with the payload that its trigger has or with another one. */
function fireTimer(cloud: Cloud, body: Json): unknown {
  const { payload } = body;
  if (payload !== undefined && typeof payload !== 'string') {
    throw new BadRequest('payload must be text');
  }
  const task = cloud.functions.fireTimer({
    functionName: textOf(body, 'function'),
    triggerName: textOf(body, 'trigger'),
    ...(payload === undefined ? {} : { payload }),
  });
  return showTask(task);
}

/** To the bus, or with `function` straight to that function in the given form. */
function sendEvents(cloud: Cloud, body: Json): unknown {
  const { events, form = 'single', function: functionName } = body;
  if (!Array.isArray(events) || events.length === 0) throw new BadRequest('events must be a list');
  const read = events.map(readEvent);
  if (functionName === undefined) {
    if (form !== 'single') throw new BadRequest('the bus hands events over one by one');
    return read.flatMap((event) => cloud.functions.publish(event)).map(showTask);
  }
  if (!EVENT_FORMS.some((known) => known === form)) {
    throw new BadRequest(`form must be one of ${EVENT_FORMS.join(', ')}`);
  }
  return cloud.functions
    .deliver({
      functionName: textOf(body, 'function'),
      events: read,
      form: form as EventForm,
    })
    .map(showTask);
}

function readEvent(value: unknown): BusEvent {
  if (typeof value !== 'object' || value === null) throw new BadRequest('an event is an object');
  const event = value as Json;
  return {
    id: event['id'] === undefined ? randomUUID() : textOf(event, 'id'),
    source: textOf(event, 'source'),
    type: textOf(event, 'type'),
    subject: event['subject'] === undefined ? '' : textOf(event, 'subject'),
    data: event['data'] ?? {},
  };
}

function showTask({ event, ...task }: AsyncTask): unknown {
  return { ...task, event: event.toString() };
}

function textOf(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new BadRequest(`${name} must be text`);
  return value;
}
