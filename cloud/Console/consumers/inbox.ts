import type { Message } from '../src/api/types';

/**
 * Lets each message through once: the cursor is kept in this browser, and what is at or before it was shown already,
 * whether a reconnection brings it again or another tab did the showing.
 */
export class Inbox {
  readonly #read: () => number;
  readonly #write: (cursor: number) => void;
  #highest = 0;

  constructor(read: () => number, write: (cursor: number) => void) {
    this.#read = read;
    this.#write = write;
  }

  get cursor(): number {
    const kept = this.#read();
    this.#highest = Math.max(this.#highest, Number.isFinite(kept) ? kept : 0);
    return this.#highest;
  }

  /** @returns true when the message is new here; it then counts as shown. */
  take(message: Pick<Message, 'cursor'>): boolean {
    if (message.cursor <= this.cursor) return false;
    this.#highest = message.cursor;
    this.#write(message.cursor);
    return true;
  }
}
