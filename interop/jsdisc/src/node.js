// One node of the library.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Discv5 } from '@chainsafe/discv5'
import { SignableENR } from '@chainsafe/enr'
import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { CHAIN_KEY, chainEntry } from './record.js'

export const ECHO = 'echo'

// Starts a node that answers TALKREQ.
export async function startNode ({ ip, port, key, chain }) {
  const privateKey = key === undefined ? await generateKeyPair('secp256k1') : privateKeyFromRaw(key)
  const chosen = port === 0 ? await freePort(ip) : port
  const node = Discv5.create({
    enr: makeRecord(privateKey, ip, chosen, chain),
    privateKey,
    bindAddrs: { ip4: multiaddr(`/ip4/${ip}/udp/${chosen}`) },
    config: { enrUpdate: false } // the record stays as the command line has it
  })
  node.on('talkReqReceived', (from, _, { id, protocol, request }) => {
    const known = Buffer.from(protocol).toString() === ECHO
    node.sendTalkResp(from, id, known ? reversed(request) : new Uint8Array())
  })
  await node.start()
  return node
}

// The library wants to know its port before it has a socket, and tells nobody which one it was given.
async function freePort (ip) {
  const socket = createSocket('udp4')
  socket.bind(0, ip)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

// The sequence number is the time, as in go-ethereum: one that starts again has a newer record.
function makeRecord (privateKey, ip, port, chain) {
  const record = SignableENR.createFromPrivateKey(privateKey)
  record.ip = ip
  record.udp = port
  record.tcp = port
  if (chain !== undefined) {
    record.set(CHAIN_KEY, chainEntry(chain))
  }
  record.seq = BigInt(Date.now())
  return record
}

// What echo answers, so that bytes sent back by accident do not pass for an answer.
export function reversed (bytes) {
  return Uint8Array.from(bytes).reverse()
}
