// Stands in for Function Compute's runtime: loads the built bundle, calls its handler once with the event
// and context its parent sends, and answers with what the handler gave or with everything its error shows.
import { inspect } from 'node:util';
import { handler } from '../../dist/rotate/index.js';

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

process.once('message', ({ event, context, clockMs }) => {
  stepMs = clockMs - RealDate.now();
  process.on('message', ({ stepClockMs }) => (stepMs += stepClockMs));
  void handler(Buffer.from(event), context)
    .then(
      (result) => ({ result }),
      (error) => ({ error: everythingOf(error) }),
    )
    .then((answer) => process.send(answer, () => process.disconnect()));
});
