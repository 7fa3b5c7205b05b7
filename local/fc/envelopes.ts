/** The envelopes in which triggers hand their events over. */
import { createHash } from 'node:crypto';

/** Source: "Time triggers" (2026-03-19); the payload is text even when it is JSON. */
export function timerEvent(timer: { triggerName: string; payload: string; now: number }): Buffer {
  return json({
    triggerTime: `${new Date(timer.now).toISOString().slice(0, 19)}Z`,
    triggerName: timer.triggerName,
    payload: timer.payload,
  });
}

/** What an event says of itself; the bus adds the rest. */
export interface BusEvent {
  readonly id: string;
  /** For instance `acs.kms`. */
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

export interface Place {
  readonly accountId: string;
  readonly regionId: string;
  readonly now: number;
}

/** A CloudEvents object as the default bus makes it. Source: EventBridge documentation, "Event overview". */
export function cloudEvent(event: BusEvent, place: Place): Readonly<Record<string, unknown>> {
  const time = new Date(place.now).toISOString();
  return {
    id: event.id,
    source: event.source,
    specversion: '1.0',
    type: event.type,
    datacontenttype: 'application/json;charset=utf-8',
    subject: event.subject,
    time,
    aliyunaccountid: place.accountId,
    aliyunpublishtime: time,
    aliyunoriginalaccountid: place.accountId,
    aliyuneventbusname: 'default',
    aliyunregionid: place.regionId,
    aliyunpublishaddr: '127.0.0.1',
    data: event.data,
  };
}

/**
 * How events reach a function: alone from a bus, as a list or a list of texts from an event stream, or as
 * the message of a topic, raw or in its JSON wrapping.
 */
export const EVENT_FORMS = ['single', 'array', 'array-of-text', 'mns-raw', 'mns-json'] as const;
export type EventForm = (typeof EVENT_FORMS)[number];

/** The invocations, each a body, that bring these events in that form. */
export function envelop(
  form: EventForm,
  events: readonly Readonly<Record<string, unknown>>[],
  place: Place,
): readonly Buffer[] {
  switch (form) {
    case 'single':
    case 'mns-raw':
      return events.map(json);
    case 'array':
      return [json(events)];
    case 'array-of-text':
      return [json(events.map((event) => JSON.stringify(event)))];
    case 'mns-json':
      return events.map((event) => topicMessage(JSON.stringify(event), place));
  }
}

/** Source: "MNS topic triggers" (2025-09-29), format JSON. */
function topicMessage(text: string, place: Place): Buffer {
  const md5 = createHash('md5').update(text).digest('hex').toUpperCase();
  return json({
    TopicOwner: place.accountId,
    Message: text,
    Subscriber: place.accountId,
    PublishTime: place.now,
    SubscriptionName: 'local',
    MessageMD5: md5,
    TopicName: 'local',
    MessageId: md5,
  });
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
