import assert from 'node:assert'
import { test } from 'node:test'
import { ECHO, startNode } from './node.js'

const LOOPBACK = { ip: '127.0.0.1', port: 0 }

test('the key is the identity', async () => {
  // Key and node id are those of the test vectors of the discv5 specification.
  const key = Buffer.from('66fb62bfbd66b9177a138c1e5cddbe4f7c30c343e94e68df8769459cb1cde628', 'hex')
  const node = await startNode({ ...LOOPBACK, key })
  assert.equal(node.enr.nodeId, 'bbbb9d047f0488c0b5a93c1c3f2d8bafc7c8ff337024a55434a0d0555de64db9')
  await node.stop()
})

test('echo answers the same bytes reversed', async () => {
  const [from, to] = await Promise.all([startNode(LOOPBACK), startNode({ ...LOOPBACK, chain: 901n })])
  const answer = await from.sendTalkReq(to.enr.toENR(), Uint8Array.of(1, 2, 3), ECHO)
  assert.deepEqual([...answer], [3, 2, 1])
  await Promise.all([from.stop(), to.stop()])
})
