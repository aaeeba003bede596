// The opstack entry of a record: chain id and version 0, each as an unsigned LEB128. The library's records hold the
// bytes of an RLP string without its prefix.

export const CHAIN_KEY = 'opstack'

export function chainEntry (chain) {
  const bytes = []
  let rest = chain
  for (; rest >= 0x80n; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
  return Uint8Array.of(...bytes, Number(rest), 0)
}

// Whether a record is of an OP Stack node of that chain, by op-node's rules: bytes after the version do not matter.
export function onChain (record, chain) {
  const value = record.kvs.get(CHAIN_KEY)
  const wanted = chainEntry(chain)
  return value instanceof Uint8Array && Buffer.compare(value.subarray(0, wanted.length), wanted) === 0
}
