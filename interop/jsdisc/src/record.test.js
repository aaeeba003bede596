import assert from 'node:assert'
import { test } from 'node:test'
import { CHAIN_KEY, chainEntry, onChain } from './record.js'

test('the chain entry has op-node\'s bytes', () => {
  assert.deepEqual([...chainEntry(10n)], [0x0a, 0])
  assert.deepEqual([...chainEntry(8453n)], [0x85, 0x42, 0])
})

test('a record is on a chain by op-node\'s rules', () => {
  const recordWith = (...bytes) => ({ kvs: new Map([[CHAIN_KEY, Uint8Array.from(bytes)]]) })
  assert(onChain(recordWith(0x85, 0x07, 0), 901n))
  assert(onChain(recordWith(0x85, 0x07, 0, 9), 901n))
  for (const other of [[0x85, 0x07, 1], [0x85, 0x07], [], [0x0a, 0]]) {
    assert(!onChain(recordWith(...other), 901n), String(other))
  }
  assert(!onChain({ kvs: new Map() }, 901n))
})
