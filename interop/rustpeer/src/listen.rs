//! Serves until stdin closes or says {"cmd":"quit"}.

use std::time::Duration;

use libp2p::identity::KeyType;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

use crate::events::{Fields, emit};
use crate::host::{Host, Node, Peer};
use crate::options::{GossipOptions, Options};
use crate::publish::{Publish, publish};
use crate::{Result, fields, meter, protocols, scoring};

const PING_INTERVAL: Duration = Duration::from_secs(15); // rust-libp2p's own
const GRAFT_TIME: Duration = Duration::from_secs(2); // from a join until both sides have grafted

pub async fn run(options: Options) -> Result<()> {
    if !options.arguments.is_empty() {
        return Err("listen takes no arguments".into());
    }
    let host = Host::new(&options, options.ping.then_some(PING_INTERVAL))?;
    let address = host.listen(options.listen.clone()).await?;
    emit("ready", fields! { "id": host.id.to_string(), "addrs": [address.to_string()] });
    if options.gossip.publish > 0 {
        tokio::spawn(publish_when_joined(host.clone(), options.gossip.clone()));
    }
    for other in &options.connect {
        connect(&host, other).await?;
    }
    follow_commands(&host, &options.gossip).await
}

async fn connect(host: &Host, address: &str) -> Result<()> {
    let peer = host.connect(&address.parse()?).await?;
    emit("connected", fields! { "peer": peer.to_string() });
    Ok(())
}

async fn publish_when_joined(host: Host, gossip: GossipOptions) {
    let Some(joined) = host.with(|node| node.gossip.as_mut().map(|gossip| gossip.next_join())).await else { return };
    if joined.await.is_err() {
        return;
    }
    tokio::time::sleep(GRAFT_TIME).await;
    let GossipOptions { topics, publish: count, size, interval, op_ids: snappy, .. } = gossip;
    let what = Publish { topic: topics[0].clone(), count, size, interval, snappy };
    if let Err(problem) = publish(&host, what).await {
        eprintln!("publish: {problem}");
    }
}

/// A command that fails is answered with an error event.
async fn follow_commands(host: &Host, gossip: &GossipOptions) -> Result<()> {
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        if line.is_empty() {
            continue;
        }
        let command: Value = serde_json::from_str(&line).unwrap_or_default();
        let name = command["cmd"].as_str().unwrap_or_default();
        if name == "quit" {
            break;
        }
        if let Err(problem) = obey(host, gossip, name, &command).await {
            emit("error", fields! { "cmd": name, "error": problem.to_string() });
        }
    }
    Ok(())
}

async fn obey(host: &Host, gossip: &GossipOptions, name: &str, command: &Value) -> Result<()> {
    match name {
        "stats" => {
            if command["collect"] == true {
                meter::give_memory_back();
            }
            host.with(|node| emit_stats(node)).await;
        }
        "connections" => host.with(|node| emit_connections(node)).await,
        "connect" => connect(host, command["addr"].as_str().unwrap_or_default()).await?,
        "publish" => publish(host, read_publish(gossip, command)?).await?,
        "scores" => host
            .with(|node| node.swarm.behaviour().gossip.as_ref().map(scoring::emit_scores))
            .await
            .ok_or("scores needs --gossip")?,
        _ => return Err(format!("unknown command {name:?}").into()),
    }
    Ok(())
}

fn read_publish(gossip: &GossipOptions, command: &Value) -> Result<Publish> {
    let number = |name: &str| command[name].as_u64().unwrap_or_default();
    let topic = match command["topic"].as_str() {
        Some(topic) => topic.to_string(),
        None => gossip.topics.first().ok_or("publish needs --gossip")?.clone(),
    };
    Ok(Publish {
        topic,
        count: number("count") as usize,
        size: number("size") as usize,
        interval: Duration::from_millis(number("interval_ms")),
        snappy: gossip.op_ids,
    })
}

fn emit_stats(node: &Node) {
    let connections: usize = node.peers.values().map(|peer| peer.connections.len()).sum();
    emit(
        "stats",
        fields! {
            "cpu_seconds": meter::cpu_time().as_secs_f64(), "rss_bytes": meter::resident_bytes(),
            "connections": connections, "streams": protocols::serving(),
        },
    );
}

fn emit_connections(node: &Node) {
    let all = node.peers.iter().flat_map(|(id, peer)| {
        peer.connections.iter().map(move |&dialled| {
            fields! {
                "peer": id.to_string(), "direction": if dialled { "outbound" } else { "inbound" },
                "security": "/noise", "muxer": "/yamux/1.0.0", "early_muxer": false, "key_type": key_type(peer),
            }
        })
    });
    let all: Vec<Fields> = all.collect();
    emit("connections", fields! { "connections": all });
}

/// go-libp2p's names; empty before it has identified itself.
pub fn key_type(peer: &Peer) -> &'static str {
    match peer.info.as_ref().map(|info| info.public_key.key_type()) {
        Some(KeyType::Secp256k1) => "Secp256k1",
        Some(KeyType::Ed25519) => "Ed25519",
        Some(KeyType::Ecdsa) => "ECDSA",
        Some(KeyType::RSA) => "RSA",
        None => "",
    }
}
