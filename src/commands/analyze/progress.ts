/** How often the line is written anew. */
const EVERY_MILLIS = 200;

/** One line of progress on a terminal; nothing elsewhere. */
export class ProgressLine {
  readonly #out: NodeJS.WriteStream;
  #shownMillis = 0;
  #isShown = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(bytesRead: number, bytesTotal: number): void {
    if (!this.#out.isTTY) return;
    const now = performance.now();
    if (now - this.#shownMillis < EVERY_MILLIS) return;
    this.#shownMillis = now;
    this.#isShown = true;
    const read = (bytesRead / 2 ** 20).toFixed(0);
    // Packed logs turn out larger than their stored size: then the share says nothing.
    const share = bytesTotal > bytesRead ? ` (${Math.floor((100 * bytesRead) / bytesTotal)} %)` : '';
    this.#out.write(`\r\u001b[Kread ${read} MiB of logs${share}`);
  }

  clear(): void {
    if (this.#isShown) this.#out.write('\r\u001b[K');
  }
}
