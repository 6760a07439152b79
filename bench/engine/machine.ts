import { cpus, loadavg, release } from 'node:os';

/** Machine, date and load, in one line. */
export function machine(): string {
  const [cpu] = cpus();
  const load = loadavg().map((value) => value.toFixed(1));
  return (
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpu?.model ?? '?'}, Linux ${release()}, ` +
    `Node.js ${process.versions.node}, load at the start ${load.join(', ')}`
  );
}
