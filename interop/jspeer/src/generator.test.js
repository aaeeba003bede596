import assert from 'node:assert'
import { test } from 'node:test'
import { Generator } from './generator.js'

test('the generator gives the bytes that the README gives', () => {
  assert.equal(new Generator(1n).bytes(20).toString('hex'), '1ddd6c894bcee4471d6579e0a8a6cfab571f73eb')
  assert.equal(new Generator(0n).bytes(20).toString('hex'), '7a48219ae2b3830d679dfef1794cc454780e7a00')
})

test('the generator gives the same bytes in pieces', () => {
  const generator = new Generator(7n)
  const pieces = Buffer.concat([3, 50, 0, 47].map(size => generator.bytes(size)))
  assert.deepEqual(pieces, new Generator(7n).bytes(100))
})
