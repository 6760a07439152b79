/** Some lines at the bottom of a terminal that are written anew in place. */

/** What is needed of `process.stdout`. */
export interface Terminal {
  rows?: number;
  write(text: string): unknown;
}

const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const CLEAR_BELOW = '\u001b[0J';
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);

/** Where a terminal does not say how high it is, or says 0. */
const USUAL_ROWS = 24;

export class LiveBlock {
  private height = 0;
  private last = '';

  constructor(private readonly terminal: Terminal) {}

  /** In place of what it showed before; lines that do not fit are cut off by the terminal. */
  show(lines: string[]): void {
    // A block higher than the screen could not be reached with the cursor any more.
    const { rows = 0 } = this.terminal;
    const fitting = lines.slice(0, (rows > 1 ? rows : USUAL_ROWS) - 1);
    const text = fitting.map((line) => `${line}\n`).join('');
    if (text === this.last) return;
    this.terminal.write(`${up(this.height)}\r${CLEAR_BELOW}${NO_WRAP}${text}${WRAP}`);
    this.height = fitting.length;
    this.last = text;
  }
}
