//! Serves until stdin closes or says {"cmd":"quit"}.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use discv5::{Discv5, Enr, NodeContact};
use enr::NodeId;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::time::{sleep_until, timeout_at};

use crate::events::emit;
use crate::options::{ListenOptions, parse_record};
use crate::record::on_chain;
use crate::{Result, fields, meter, node};

const LOOKUP_INTERVAL: Duration = Duration::from_millis(200); // in a walk: one in an empty table ends at once

pub async fn listen(options: ListenOptions) -> Result<()> {
    let node = node::start(&options).await?;
    node::serve_talk(&node).await?;
    let record = node.local_enr();
    let id = hex::encode(record.node_id().raw());
    emit("ready", fields! { "enr": record.to_base64(), "id": id, "port": record.udp4() });
    join(&node, options.bootnodes);
    follow_commands(&node).await
}

/// The library does nothing with the nodes in its table until something is looked up: here, as usual, the own id.
fn join(node: &Discv5, bootnodes: Vec<Enr>) {
    for bootnode in bootnodes {
        if let Err(problem) = node.add_enr(bootnode) {
            eprintln!("bootnode: {problem}");
        }
    }
    if !node.table_entries_id().is_empty() {
        tokio::spawn(node.find_node(node.local_enr().node_id()));
    }
}

/// A command that fails is answered with an error event.
async fn follow_commands(node: &Discv5) -> Result<()> {
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
        if let Err(problem) = obey(node, name, &command).await {
            emit("error", fields! { "cmd": name, "error": problem.to_string() });
        }
    }
    Ok(())
}

async fn obey(node: &Discv5, name: &str, command: &Value) -> Result<()> {
    match name {
        "ping" => ping(node, command).await?,
        "findnode" => find_node(node, command).await?,
        "talk" => talk(node, command).await?,
        "lookup" => look_up(node, command).await?,
        "random_walk" => emit("walk", fields! { "enrs": texts(&random_walk(node, command).await) }),
        "table" => emit("table", fields! { "enrs": texts(&node.table_entries_enr()) }),
        "self" => emit("self", fields! { "enr": node.local_enr().to_base64() }),
        "stats" => emit(
            "stats",
            fields! { "cpu_seconds": meter::cpu_time().as_secs_f64(), "rss_bytes": meter::resident_bytes() },
        ),
        _ => return Err(format!("unknown command {name:?}").into()),
    }
    Ok(())
}

fn peer_of(command: &Value) -> Result<Enr> {
    parse_record(command["enr"].as_str().unwrap_or_default())
}

fn texts(records: &[Enr]) -> Vec<String> {
    records.iter().map(Enr::to_base64).collect()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_micros() as f64 / 1e3
}

async fn ping(node: &Discv5, command: &Value) -> Result<()> {
    let peer = peer_of(command)?;
    let start = Instant::now();
    let pong = node.send_ping(peer).await.map_err(|problem| problem.to_string())?;
    let body = fields! { "seq": pong.enr_seq, "ip": pong.ip, "port": pong.port, "ms": milliseconds(start) };
    emit("pong", body);
    Ok(())
}

async fn find_node(node: &Discv5, command: &Value) -> Result<()> {
    let distances = command["distances"].as_array().ok_or("findnode needs distances")?;
    let distances = distances.iter().map(|distance| distance.as_u64().ok_or("a distance is a number"));
    let distances: Vec<u64> = distances.collect::<std::result::Result<_, _>>()?;
    let answer = node.find_node_designated_peer(peer_of(command)?, distances).await;
    let records = answer.map_err(|problem| problem.to_string())?;
    emit("nodes", fields! { "enrs": texts(&records) });
    Ok(())
}

async fn talk(node: &Discv5, command: &Value) -> Result<()> {
    let protocol = command["protocol"].as_str().unwrap_or_default().as_bytes().to_vec();
    let request = hex::decode(command["hex"].as_str().unwrap_or_default())?;
    let peer = NodeContact::try_from_enr(peer_of(command)?, node.ip_mode()).map_err(|_| "no IPv4 endpoint")?;
    let answer = node.talk_req(peer, protocol, request).await;
    emit("talk", fields! { "hex": hex::encode(answer.map_err(|problem| problem.to_string())?) });
    Ok(())
}

async fn look_up(node: &Discv5, command: &Value) -> Result<()> {
    let target = match command["target"].as_str() {
        Some(text) => NodeId::new(&hex::decode(text.trim_start_matches("0x"))?.try_into().map_err(|_| "no node id")?),
        None => NodeId::random(),
    };
    let start = Instant::now();
    let found = node.find_node(target).await.map_err(|problem| problem.to_string())?;
    emit("lookup", fields! { "enrs": texts(&found), "ms": milliseconds(start) });
    Ok(())
}

async fn random_walk(node: &Discv5, command: &Value) -> Vec<Enr> {
    let seconds = command["seconds"].as_f64().unwrap_or_default().clamp(0.0, 3600.0);
    let chain = command["chain"].as_u64().filter(|&chain| chain != 0);
    let end = tokio::time::Instant::now() + Duration::from_secs_f64(seconds);
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    while tokio::time::Instant::now() < end {
        let next = tokio::time::Instant::now() + LOOKUP_INTERVAL;
        let Ok(Ok(records)) = timeout_at(end, node.find_node(NodeId::random())).await else { break };
        for record in records {
            if chain.is_none_or(|chain| on_chain(&record, chain)) && seen.insert(record.node_id()) {
                found.push(record);
            }
        }
        sleep_until(next.min(end)).await;
    }
    found
}
