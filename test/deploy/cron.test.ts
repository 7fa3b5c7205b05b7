import { describe, expect, test } from 'vitest';
import { parseCron } from './cron.ts';

describe('a cron expression', () => {
  test.each([
    'CRON_TZ=Asia/Shanghai 0 0 2 * * *',
    'CRON_TZ=UTC 0 */15 1-5 1,15 * ?',
    'CRON_TZ=Europe/Berlin 59 59 23 31 12 6',
  ])('%s', (expression) => {
    expect(() => parseCron(expression)).not.toThrow();
  });

  test.each([
    ['without a zone', '0 0 2 * * *', /no CRON_TZ/],
    ['in a zone that does not exist', 'CRON_TZ=Asia/Nowhere 0 0 2 * * *', /time zone/],
    ['with five fields', 'CRON_TZ=UTC 0 2 * * *', /5 fields/],
    ['with seven fields', 'CRON_TZ=UTC 0 0 2 * * * 2030', /7 fields/],
    ['at minute 60', 'CRON_TZ=UTC 0 60 2 * * *', /60 is not allowed/],
    ['at hour 24', 'CRON_TZ=UTC 0 0 24 * * *', /24 is not allowed/],
    ['on day 0', 'CRON_TZ=UTC 0 0 2 0 * *', /0 is not allowed/],
    ['in month 13', 'CRON_TZ=UTC 0 0 2 * 13 *', /13 is not allowed/],
    ['backwards', 'CRON_TZ=UTC 0 0 5-1 * * *', /5-1 is not allowed/],
    ['every 0 minutes', 'CRON_TZ=UTC 0 */0 2 * * *', /0 is not allowed/],
    ['in words', 'CRON_TZ=UTC 0 0 two * * *', /two is not allowed/],
  ])('%s is refused', (_name, expression, rule) => {
    expect(() => parseCron(expression)).toThrow(rule);
  });
});
