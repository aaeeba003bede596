import './with_resolvers.js'
import assert from 'node:assert'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { compress } from 'snappyjs'

const { opId } = await import('./gossip.js')
const id = (...parts) => createHash('sha256').update(Buffer.concat(parts.map(part => Buffer.from(part)))).digest().subarray(0, 20)

test('ids are over what the snappy block holds', () => {
  const message = { topic: 't', data: compress(Buffer.from('data')) }
  assert.deepEqual(opId(message, true), id([1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0], 'tdata'))
  assert.deepEqual(opId(message, false), id([1, 0, 0, 0], 'data'))
})

test('ids of other data are over the data', () => {
  const data = Buffer.from('ffffffffffff', 'hex')
  assert.deepEqual(opId({ topic: 't', data }, false), id([0, 0, 0, 0], data))
})
