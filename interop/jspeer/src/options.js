// The command line: flags may stand before, between and after the arguments, as with gopeer.
import { parseArgs } from 'node:util'

const FLAGS = {
  'key-type': { type: 'string', default: 'secp256k1' },
  security: { type: 'string', default: 'noise' },
  muxer: { type: 'string', default: 'yamux' },
  listen: { type: 'string', default: '/ip4/127.0.0.1/tcp/0' },
  connect: { type: 'string', default: '' },
  gossip: { type: 'string', default: '' },
  'op-ids': { type: 'boolean', default: false },
  'id-family': { type: 'string', default: 'topic' },
  publish: { type: 'string' },
  size: { type: 'string', default: '1024' },
  interval: { type: 'string', default: '100ms' },
  'in-flight': { type: 'string', default: '1' },
  timeout: { type: 'string', default: '5m' }
}
const CHOICES = {
  'key-type': ['secp256k1', 'ed25519'],
  security: ['noise'],
  muxer: ['yamux'],
  'id-family': ['topic', 'plain']
}
const UNITS = { ms: 1, s: 1000, m: 60_000 }

// Throws an error whose message is a line for the user.
export function parse (words) {
  const { values, positionals } = parseArgs({ args: words, options: FLAGS, allowPositionals: true })
  const [command, ...rest] = positionals
  if (command !== 'listen' && command !== 'dial') {
    throw new Error('the command is listen or dial')
  }
  for (const [flag, spoken] of Object.entries(CHOICES)) {
    if (!spoken.includes(values[flag])) {
      throw new Error(`--${flag} ${values[flag]} is not spoken here: use ${spoken.join(', ')}`)
    }
  }
  return {
    command,
    arguments: rest,
    keyType: values['key-type'],
    listen: values.listen,
    connect: list(values.connect),
    gossip: {
      topics: list(values.gossip),
      opIds: values['op-ids'],
      withTopic: values['id-family'] === 'topic',
      publish: values.publish === undefined ? 0 : count(values.publish),
      size: count(values.size),
      intervalMs: duration(values.interval)
    },
    inFlight: count(values['in-flight']),
    timeoutMs: duration(values.timeout)
  }
}

// A number of at least 1.
export function count (text) {
  if (!/^[1-9][0-9]*$/.test(text)) {
    throw new Error(`'${text}' is not a positive number`)
  }
  return Number(text)
}

function list (text) {
  return text.split(',').filter(part => part !== '')
}

// "100ms", "90s" or "5m", in milliseconds.
function duration (text) {
  const match = /^([0-9]+)(ms|s|m)$/.exec(text)
  if (match === null) {
    throw new Error(`'${text}' is no duration such as 90s`)
  }
  return Number(match[1]) * UNITS[match[2]]
}
