import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { deflate, inflate } from '../../src/lib/deflate';

describe.each([
  ['a few bytes', 'ein Auftrag über 10 €'],
  ['nothing', ''],
  ['a large state', JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ id: `order-${index}` })))],
])('%s', (_, text) => {
  it('is what it was once it is inflated', async () => {
    const deflated = await deflate(Buffer.from(text));
    expect((await inflate(deflated)).toString()).toBe(text);
    expect(inflateRawSync(deflated).toString()).toBe(text);
  });

  it('is read as earlier releases wrote it', async () => {
    expect((await inflate(deflateRawSync(text))).toString()).toBe(text);
  });
});

it('rejects what is not deflated', async () => {
  await expect(inflate(Buffer.from('plain text'))).rejects.toThrow();
});
