// Stands in for an instance of Function Compute: loads the built bundle, calls its handler with each event and
// context that its parent sends, one after the other, and answers with what the handler gave or with everything
// its error shows. When the parent lets it go, nothing may keep it.
import { inspect } from 'node:util';
import { handler } from '../../dist/rotate/index.mjs';

/** As a log that prints everything would: hidden properties, and the causes, however deep. */
function everythingOf(error) {
  const { name, message, stack, report } = error;
  return {
    name,
    message,
    stack,
    report,
    rendered: inspect(error, { depth: null, showHidden: true }),
  };
}

// The machine's clock as this process sees it: the parent's at first, then stepped as the parent says.
let stepMs = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + stepMs] : given));
  }
  static now() {
    return RealDate.now() + stepMs;
  }
};

process.on('message', ({ event, context, clockMs, stepClockMs }) => {
  if (stepClockMs !== undefined) stepMs += stepClockMs;
  if (event === undefined) {
    // Nothing more is to come: a message without anything.
    if (stepClockMs === undefined) process.disconnect();
    return;
  }
  stepMs = clockMs - RealDate.now();
  void handler(Buffer.from(event), context)
    .then(
      (result) => ({ result }),
      (error) => ({ error: everythingOf(error) }),
    )
    .then((answer) => process.send(answer));
});
