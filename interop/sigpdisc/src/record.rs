//! The opstack entry of a record: chain id and version 0, each as an unsigned LEB128.

use alloy_rlp::bytes::Bytes;
use discv5::Enr;

pub const CHAIN_KEY: &str = "opstack";

pub fn chain_entry(chain: u64) -> Vec<u8> {
    let mut value = Vec::new();
    let mut rest = chain;
    while rest >= 0x80 {
        value.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    value.extend([rest as u8, 0]);
    value
}

/// Whether a record is of an OP Stack node of that chain, by op-node's rules: bytes after the version do not matter.
pub fn on_chain(record: &Enr, chain: u64) -> bool {
    let value = record.get_decodable::<Bytes>(CHAIN_KEY);
    value.is_some_and(|value| value.is_ok_and(|value| value.starts_with(&chain_entry(chain))))
}

#[cfg(test)]
mod tests {
    use enr::CombinedKey;

    use super::*;

    #[test]
    fn chain_entry_has_op_nodes_bytes() {
        assert_eq!(chain_entry(10), [0x0a, 0]);
        assert_eq!(chain_entry(8453), [0x85, 0x42, 0]);
    }

    #[test]
    fn on_chain_follows_op_nodes_rules() {
        let key = CombinedKey::generate_secp256k1();
        let with = |value: &[u8]| Enr::builder().add_value(CHAIN_KEY, &value).build(&key).unwrap();
        assert!(on_chain(&with(&[0x85, 0x07, 0]), 901));
        assert!(on_chain(&with(&[0x85, 0x07, 0, 9]), 901));
        for other in [&[0x85, 0x07, 1][..], &[0x85, 0x07], &[], &[0x0a, 0]] {
            assert!(!on_chain(&with(other), 901), "{other:?}");
        }
        assert!(!on_chain(&Enr::empty(&key).unwrap(), 901));
    }
}
