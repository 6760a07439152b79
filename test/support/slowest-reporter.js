/** Prints, after a run, how long each test file took and each boot of the whole product in it, slowest first. */
const { mkdtempSync, readFileSync, existsSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, relative } = require('node:path');

const SHOWN = 60;

module.exports = class SlowestReporter {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
    this.bootsFile = join(mkdtempSync(join(tmpdir(), 'portfolio-order-coordinator-boots-')), 'boots.jsonl');
    // Test processes are started after this and inherit it.
    process.env.TEST_BOOTS_FILE = this.bootsFile;
  }

  onRunComplete(_contexts, { testResults, numPassedTests, numFailedTests, startTime }) {
    const boots = existsSync(this.bootsFile)
      ? readFileSync(this.bootsFile, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
    const files = testResults.map(
      ({ testFilePath, perfStats, displayName, numPassingTests, numFailingTests }) => ({
        tier: displayName?.name ?? '',
        path: relative(this.rootDir, testFilePath),
        seconds: (perfStats.end - perfStats.start) / 1000,
        tests: numPassingTests + numFailingTests,
        boots: boots.filter(({ testFile }) => testFile === testFilePath),
      }),
    );
    const print = (line) => process.stdout.write(`${line}\n`);
    for (const { failureMessage } of testResults) if (failureMessage) print(failureMessage);
    print('seconds  tests  boots  boot s  file');
    for (const file of files.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN)) {
      print(
        [
          file.seconds.toFixed(1).padStart(7),
          String(file.tests).padStart(5),
          String(file.boots.length).padStart(5),
          (sum(file.boots.map(({ ms }) => ms)) / 1000).toFixed(1).padStart(6),
          ` ${file.path}`,
        ].join('  '),
      );
    }
    for (const tier of new Set(files.map((file) => file.tier))) {
      const own = files.filter((file) => file.tier === tier);
      const total = sum(own.map(({ seconds }) => seconds));
      print(`${tier}: ${own.length} files, ${total.toFixed(0)} s in them`);
    }
    print(`${boots.length} boots in ${(sum(boots.map(({ ms }) => ms)) / 1000).toFixed(1)} s`);
    const wall = (Date.now() - startTime) / 1000;
    print(`${numPassedTests} passed, ${numFailedTests} failed in ${wall.toFixed(0)} s`);
  }
};

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
