/** The envelopes in which triggers hand their events over. */

/** Source: "Time triggers" (2026-03-19); the payload is text even when it is JSON. */
export function timerEvent(timer: { triggerName: string; payload: string; now: number }): Buffer {
  return json({
    triggerTime: `${new Date(timer.now).toISOString().slice(0, 19)}Z`,
    triggerName: timer.triggerName,
    payload: timer.payload,
  });
}

export interface BusEvent {
  readonly id: string;
  /** For instance `acs.kms`. */
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

/** One CloudEvents object an invocation. Source: EventBridge documentation, "Event overview". */
export function busEvent(
  event: BusEvent,
  place: { accountId: string; regionId: string; now: number },
): Buffer {
  const time = new Date(place.now).toISOString();
  return json({
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
  });
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
