// gossipsub on a node: how it is set up, what it prints, and publishing.
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { StrictNoSign, StrictSign, gossipsub } from '@libp2p/gossipsub'
import { compress, uncompress } from 'snappyjs'
import { emit, nowMicroseconds } from './events.js'
import { Generator } from './generator.js'
import { THRESHOLDS, scoreParams } from './scoring.js'

const MAX_MESSAGE = 10 << 20 // op-node's limit
const OP_ID_SIZE = 20

export function makeGossip ({ topics, opIds, withTopic }) {
  return gossipsub({
    globalSignaturePolicy: opIds ? StrictNoSign : StrictSign,
    msgIdFn: opIds ? message => opId(message, withTopic) : signedId,
    maxInboundDataLength: MAX_MESSAGE,
    scoreParams: scoreParams(topics),
    scoreThresholds: THRESHOLDS
  })
}

// go-libp2p-pubsub's default id, author and number as they travel. js-libp2p's own default has the author's key in place
// of the id.
function signedId ({ from, sequenceNumber }) {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(sequenceNumber)
  return Buffer.concat([from.toMultihash().bytes, number])
}

// op-node's id, or that of kona and the specification's text, which leave the topic out.
export function opId ({ topic, data }, withTopic) {
  const plain = uncompressed(data)
  const hash = createHash('sha256').update(Buffer.from([plain === null ? 0 : 1, 0, 0, 0]))
  if (withTopic) {
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(topic)))
    hash.update(length).update(topic)
  }
  return hash.update(plain ?? data).digest().subarray(0, OP_ID_SIZE)
}

function uncompressed (data) {
  try {
    return uncompress(data, MAX_MESSAGE)
  } catch {
    return null
  }
}

// Subscribes, and prints what happens. Calls back when a peer has subscribed.
export function follow (pubsub, topics, onJoin) {
  pubsub.addEventListener('gossipsub:message', ({ detail }) => emit('message', describeMessage(detail)))
  pubsub.addEventListener('subscription-change', ({ detail }) => {
    for (const { topic, subscribe } of detail.subscriptions) {
      emit('mesh', { topic, peer: detail.peerId.toString(), change: subscribe ? 'join' : 'leave' })
      subscribe && onJoin()
    }
  })
  for (const change of ['graft', 'prune']) {
    pubsub.addEventListener(`gossipsub:${change}`, ({ detail }) => {
      emit('mesh', { topic: detail.topic, peer: detail.peerId, change })
    })
  }
  topics.forEach(topic => pubsub.subscribe(topic))
}

function describeMessage ({ propagationSource, msgId, msg }) {
  const line = {
    ...describeData(msg.topic, msg.data),
    id: Buffer.from(msgId, 'base64').toString('hex'),
    from_peer: propagationSource.toString()
  }
  return msg.type === 'signed' ? { ...line, author: msg.from.toString() } : line
}

function describeData (topic, data) {
  const sha256 = createHash('sha256').update(data).digest('hex')
  return { topic, len: data.length, sha256, at_us: nowMicroseconds() }
}

// Messages of pseudo-random bytes; prints one event for each and one at the end.
export async function publish (pubsub, { topic, count, size, intervalMs, snappy }) {
  if (!(count >= 1 && size >= 1)) {
    throw new Error('publish needs a count and a size of at least 1')
  }
  for (let number = 0; number < count; number++) {
    if (number > 0) {
      await sleep(intervalMs)
    }
    const plain = new Generator(randomBytes(8).readBigUInt64LE()).bytes(size)
    const data = snappy ? compress(plain) : plain
    const line = describeData(topic, data)
    await pubsub.publish(topic, data)
    emit('published', line)
  }
  emit('publish_done', { topic, count })
}

export function emitScores (pubsub) {
  const peers = pubsub.getPeers().map(String)
  emit('scores', { scores: Object.fromEntries(peers.map(peer => [peer, pubsub.getScore(peer)])) })
}
