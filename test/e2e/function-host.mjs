// Stands in for Function Compute's runtime: loads the built bundle, calls its handler once with the event
// and context its parent sends, and answers with what the handler gave or with everything its error shows.
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

process.once('message', ({ event, context }) => {
  void handler(Buffer.from(event), context)
    .then(
      (result) => ({ result }),
      (error) => ({ error: everythingOf(error) }),
    )
    .then((answer) => process.send(answer, () => process.disconnect()));
});
