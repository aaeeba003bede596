// A node with a fresh identity, and none of the limits that js-libp2p sets where they can be lifted.
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { makeGossip } from './gossip.js'

const KEYS = { secp256k1: 'secp256k1', ed25519: 'Ed25519' } // there are no ECDSA identities in js-libp2p
const NAMES = { secp256k1: 'Secp256k1', Ed25519: 'Ed25519', ECDSA: 'ECDSA', RSA: 'RSA' } // go-libp2p's
const AGENT = 'opwire-jspeer'
const IDENTIFY_TIMEOUT_MS = 20_000
const MANY = 100_000

// listen: empty for one that only dials.
export async function makeNode (options, listen = []) {
  const services = { identify: identify(), identifyPush: identifyPush(), ping: ping({ maxInboundStreams: MANY }) }
  if (options.gossip.topics.length > 0) {
    services.pubsub = makeGossip(options.gossip)
  }
  return await createLibp2p({
    privateKey: await generateKeyPair(KEYS[options.keyType]),
    nodeInfo: { userAgent: AGENT },
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxInboundStreams: MANY, maxOutboundStreams: MANY, maxEarlyStreams: MANY })],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: {
      inboundConnectionThreshold: MANY, maxConnections: MANY, maxIncomingPendingConnections: MANY
    },
    connectionMonitor: { enabled: false },
    services
  })
}

// Connects and waits for the peer's identify message, whose event it gives.
export async function connect (node, address) {
  const target = multiaddr(address)
  const identified = nextIdentified(node, target.getComponents().find(({ name }) => name === 'p2p')?.value)
  try {
    await node.dial(target)
    return await identified.promise
  } finally {
    identified.forget()
  }
}

function nextIdentified (node, id) {
  const { promise, resolve, reject } = Promise.withResolvers()
  const timer = setTimeout(() => reject(new Error('no identify message came')), IDENTIFY_TIMEOUT_MS)
  const onIdentified = ({ detail }) => detail.peerId.toString() === id && resolve(detail)
  node.addEventListener('peer:identify', onIdentified)
  const forget = () => {
    clearTimeout(timer)
    node.removeEventListener('peer:identify', onIdentified)
  }
  return { promise, forget }
}

export function keyType (peer) {
  return NAMES[peer.publicKey?.type] ?? ''
}

export function describeConnection (connection) {
  return {
    peer: connection.remotePeer.toString(),
    direction: connection.direction,
    security: connection.encryption,
    muxer: connection.multiplexer,
    key_type: keyType(connection.remotePeer)
  }
}
