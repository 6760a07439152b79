import { startStandalone } from './standalone';

startStandalone(process.argv.slice(2), (text) => process.stdout.write(text))
  .then((simulator) => {
    const stop = (): void => {
      void simulator.close();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  })
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
