//! Publishing messages of pseudo-random bytes.

use std::time::Duration;

use libp2p::gossipsub::IdentTopic;
use sha2::{Digest, Sha256};

use crate::events::{emit, now_us};
use crate::generator::Generator;
use crate::host::Host;
use crate::{Result, fields};

/// As {"cmd":"publish"} gives it.
pub struct Publish {
    pub topic: String,
    pub count: usize,
    pub size: usize,
    pub interval: Duration,
    pub snappy: bool,
}

/// Prints one event for each message and one at the end.
pub async fn publish(host: &Host, what: Publish) -> Result<()> {
    if what.count < 1 || what.size < 1 {
        return Err("publish needs a count and a size of at least 1".into());
    }
    for number in 0..what.count {
        if number > 0 {
            tokio::time::sleep(what.interval).await;
        }
        let mut data = Generator::bytes(rand::random(), what.size);
        if what.snappy {
            data = snap::raw::Encoder::new().compress_vec(&data)?;
        }
        let digest = hex::encode(Sha256::digest(&data));
        let line = fields! { "topic": what.topic, "len": data.len(), "sha256": digest, "at_us": now_us() };
        publish_one(host, what.topic.clone(), data).await?;
        emit("published", line);
    }
    emit("publish_done", fields! { "topic": what.topic, "count": what.count });
    Ok(())
}

async fn publish_one(host: &Host, topic: String, data: Vec<u8>) -> Result<()> {
    let published = host.with(move |node| {
        let gossip = node.swarm.behaviour_mut().gossip.as_mut().ok_or("publish needs --gossip")?;
        gossip.publish(IdentTopic::new(topic), data).map_err(|problem| problem.to_string())
    });
    published.await?;
    Ok(())
}
