import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect its garbage before the heap has grown much, where it would else let it grow to about twice what
 * is in use: a function is killed for its memory, and waits most of its time. V8 asks for this before each
 * collection, so it may be said at any time. See docs/decisions/20261126-the-heap-is-kept-small.md.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
}
