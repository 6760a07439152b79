/**
 * Makes `api.ts` of `openapi.json` in the folder it is started in and compiles the programs that it is given, all in one
 * process: most of the time goes into loading the compiler. Prints what is wrong with each file, as JSON.
 */
const { readFileSync, writeFileSync } = require('node:fs');
const { basename } = require('node:path');
const openapiTypescript = require('openapi-typescript');
const ts = require('typescript');

const OPTIONS = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  skipLibCheck: true,
  types: ['node'],
};

async function main(names) {
  const { default: typesOf, astToString } = openapiTypescript;
  const document = JSON.parse(readFileSync('openapi.json', 'utf8'));
  writeFileSync('api.ts', astToString(await typesOf(document)));
  const program = ts.createProgram(names, OPTIONS);
  const problems = {};
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const name = diagnostic.file === undefined ? 'options' : basename(diagnostic.file.fileName);
    const host = {
      getCurrentDirectory: ts.sys.getCurrentDirectory,
      getCanonicalFileName: (file) => file,
      getNewLine: () => '\n',
    };
    problems[name] = (problems[name] ?? '') + ts.formatDiagnostic(diagnostic, host);
  }
  program.emit();
  process.stdout.write(JSON.stringify(problems));
}

void main(process.argv.slice(2));
