/** Lines at the bottom of a terminal that are rewritten in place. */

/** The part of `process.stdout` that is used. */
export interface Terminal {
  rows?: number;
  write(text: string): unknown;
}

const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const CLEAR_BELOW = '\u001b[0J';
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);

/** Height of a terminal that reports none, or 0. */
const DEFAULT_ROWS = 24;

export class LiveBlock {
  private height = 0;
  private last = '';

  constructor(private readonly terminal: Terminal) {}

  /** Replaces the lines shown before. The terminal cuts off long lines. */
  show(lines: string[]): void {
    // The cursor could not return to the top of a block that is higher than the screen.
    const { rows = 0 } = this.terminal;
    const fitting = lines.slice(0, (rows > 1 ? rows : DEFAULT_ROWS) - 1);
    const text = fitting.map((line) => `${line}\n`).join('');
    if (text === this.last) return;
    this.terminal.write(`${up(this.height)}\r${CLEAR_BELOW}${NO_WRAP}${text}${WRAP}`);
    this.height = fitting.length;
    this.last = text;
  }
}
