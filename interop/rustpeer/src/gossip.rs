//! gossipsub on a host: how it is set up, and what it prints.

use std::time::Duration;

use libp2p::PeerId;
use libp2p::gossipsub::{self, Event, IdentTopic, Message, MessageAuthenticity, MessageId, TopicHash, ValidationMode};
use libp2p::identity::Keypair;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::events::{Fields, emit, now_us};
use crate::gossip_watch::Watch;
use crate::options::GossipOptions;
use crate::{Result, fields, scoring};

pub const MAX_MESSAGE: usize = 10 << 20; // op-node's limit
/// How often grafts and prunes are looked for, of which rust-libp2p tells nothing.
pub const WATCH_INTERVAL: Duration = Duration::from_millis(50);
const OP_ID_SIZE: usize = 20;

pub struct Gossip {
    watch: Watch,
    joined: Option<oneshot::Sender<()>>,
}

/// Nothing where no topic is wanted.
pub fn make(options: &GossipOptions, key: &Keypair) -> Result<(Option<Gossip>, Option<gossipsub::Behaviour>)> {
    if options.topics.is_empty() {
        return Ok((None, None));
    }
    let mut config = gossipsub::ConfigBuilder::default();
    config.max_transmit_size(MAX_MESSAGE);
    let authenticity = if options.op_ids {
        let with_topic = !options.plain_ids;
        config.validation_mode(ValidationMode::Anonymous).message_id_fn(move |message| op_id(message, with_topic));
        MessageAuthenticity::Anonymous
    } else {
        config.validation_mode(ValidationMode::Strict).message_id_fn(signed_id);
        MessageAuthenticity::Signed(key.clone())
    };
    let mut behaviour = gossipsub::Behaviour::new(authenticity, config.build()?)?;
    scoring::switch_on(&mut behaviour, &options.topics)?;
    for topic in &options.topics {
        behaviour.subscribe(&IdentTopic::new(topic))?;
    }
    Ok((Some(Gossip { watch: Watch::default(), joined: None }), Some(behaviour)))
}

impl Gossip {
    /// Resolves when the next peer subscribes to a topic.
    pub fn next_join(&mut self) -> oneshot::Receiver<()> {
        let (joined, wait) = oneshot::channel();
        self.joined = Some(joined);
        wait
    }

    pub fn watch(&mut self, behaviour: &gossipsub::Behaviour) {
        self.watch.compare(behaviour);
    }

    pub fn on_event(&mut self, event: Event) {
        match event {
            Event::Message { propagation_source, message_id, message } => {
                let at_us = now_us();
                // Whoever else is to have the message does not wait for our hash of it.
                tokio::task::spawn_blocking(move || {
                    emit("message", describe(&propagation_source, &message_id, &message, at_us));
                });
            }
            Event::Subscribed { peer_id, topic } => {
                emit_subscription(&peer_id, &topic, "join");
                self.joined.take().map(|joined| joined.send(()));
            }
            Event::Unsubscribed { peer_id, topic } => emit_subscription(&peer_id, &topic, "leave"),
            Event::SlowPeer { peer_id, failed_messages } => eprintln!("slow: {peer_id}: {failed_messages:?}"),
            Event::GossipsubNotSupported { .. } => {}
        }
    }
}

fn describe(from: &PeerId, id: &MessageId, message: &Message, at_us: u64) -> Fields {
    let mut line = fields! {
        "topic": message.topic.as_str(), "len": message.data.len(), "sha256": hex::encode(Sha256::digest(&message.data)),
        "id": hex::encode(&id.0), "from_peer": from.to_string(), "at_us": at_us,
    };
    if let Some(author) = message.source {
        line.append(&mut fields! { "author": author.to_string() });
    }
    line
}

fn emit_subscription(peer: &PeerId, topic: &TopicHash, change: &str) {
    emit("mesh", fields! { "topic": topic.as_str(), "peer": peer.to_string(), "change": change });
}

/// go-libp2p-pubsub's default id, author and number as they travel. rust-libp2p's own default is another: the author in
/// base58 and the number in decimal.
fn signed_id(message: &Message) -> MessageId {
    let mut id = message.source.map(|author| author.to_bytes()).unwrap_or_default();
    id.extend(message.sequence_number.unwrap_or_default().to_be_bytes());
    MessageId(id)
}

/// op-node's id, or that of kona and the specification's text, which leave the topic out.
fn op_id(message: &Message, with_topic: bool) -> MessageId {
    let plain = match snap::raw::decompress_len(&message.data) {
        Ok(size) if size <= MAX_MESSAGE => snap::raw::Decoder::new().decompress_vec(&message.data).ok(),
        _ => None,
    };
    let mut hash = Sha256::new();
    hash.update([u8::from(plain.is_some()), 0, 0, 0]);
    if with_topic {
        let topic = message.topic.as_str();
        hash.update((topic.len() as u64).to_le_bytes());
        hash.update(topic);
    }
    hash.update(plain.as_ref().unwrap_or(&message.data));
    MessageId(hash.finalize()[..OP_ID_SIZE].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(data: Vec<u8>) -> Message {
        Message { source: None, data, sequence_number: None, topic: TopicHash::from_raw("t") }
    }

    #[test]
    fn ids_are_over_what_the_snappy_block_holds() {
        let block = message(snap::raw::Encoder::new().compress_vec(b"data").unwrap());
        let with_topic = Sha256::digest(b"\x01\0\0\0\x01\0\0\0\0\0\0\0tdata");
        assert_eq!(op_id(&block, true).0, with_topic[..OP_ID_SIZE]);
        assert_eq!(op_id(&block, false).0, Sha256::digest(b"\x01\0\0\0data")[..OP_ID_SIZE]);
    }

    #[test]
    fn ids_of_other_data_are_over_the_data() {
        let other = message(b"\xff\xff\xff\xff\xff\xff".to_vec());
        assert_eq!(op_id(&other, false).0, Sha256::digest(b"\0\0\0\0\xff\xff\xff\xff\xff\xff")[..OP_ID_SIZE]);
    }
}
