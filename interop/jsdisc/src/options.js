// The command line.
import { parseArgs } from 'node:util'
import { isIPv4 } from 'node:net'
import { ENR } from '@chainsafe/enr'

const FLAGS = {
  ip: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  key: { type: 'string' },
  chain: { type: 'string' },
  bootnodes: { type: 'string', default: '' },
  talk: { type: 'boolean' } // TALKREQ of protocol echo is answered in any case
}

export function parse (args) {
  if (args[0] !== 'listen') {
    throw new Error(args.length === 0 ? 'no command' : `unknown command ${args[0]}`)
  }
  const { values } = parseArgs({ args: args.slice(1), options: FLAGS })
  if (!isIPv4(values.ip)) {
    throw new Error(`${values.ip} is no IPv4 address`)
  }
  return {
    ip: values.ip,
    port: parsePort(values.port),
    key: values.key === undefined ? undefined : parseKey(values.key),
    chain: BigInt(values.chain ?? 0) || undefined,
    bootnodes: values.bootnodes.split(',').filter(text => text !== '').map(parseRecord)
  }
}

function parsePort (text) {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`${text} is no port`)
  }
  return port
}

function parseKey (text) {
  const bytes = Buffer.from(text.replace(/^0x/, ''), 'hex')
  if (bytes.length !== 32) {
    throw new Error('--key is no secp256k1 key')
  }
  return bytes
}

export function parseRecord (text) {
  try {
    return ENR.decodeTxt(text)
  } catch (problem) {
    throw new Error(`${text} is no node record: ${problem.message}`)
  }
}
