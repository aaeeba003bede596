//! identify and ping.

use std::time::Duration;

use libp2p::identify::Info;
use tokio::sync::mpsc;

use crate::dialer::Dialer;
use crate::events::Fields;
use crate::host::Host;
use crate::listen::key_type;
use crate::meter::{Meter, latencies};
use crate::{Result, fields};

const AT_ONCE: Duration = Duration::from_nanos(1); // one ping after the other

/// What the listener's identify message said.
pub async fn identify(dialer: &Dialer) -> Result<Fields> {
    let host = Host::new(&dialer.options, None)?;
    let span = Meter::start();
    let peer = host.connect(&dialer.target).await?;
    let mut result = host
        .with(move |node| {
            let known = &node.peers[&peer];
            known.info.as_ref().map(|info| (describe(info), key_type(known)))
        })
        .await
        .map(|(mut fields, key_type)| {
            fields.append(&mut fields! { "key_type": key_type });
            fields
        })
        .ok_or("no identify message came")?;
    span.stop(&mut result);
    Ok(result)
}

fn describe(info: &Info) -> Fields {
    let mut protocols: Vec<_> = info.protocols.iter().map(|name| name.to_string()).collect();
    protocols.sort();
    let addrs: Vec<_> = info.listen_addrs.iter().map(|addr| addr.to_string()).collect();
    fields! {
        "id": info.public_key.to_peer_id().to_string(), "agent": info.agent_version,
        "protocol_version": info.protocol_version, "protocols": protocols, "addrs": addrs,
        "observed": info.observed_addr.to_string(), "signed_record": info.signed_peer_record.is_some(),
        "security": "/noise", "muxer": "/yamux/1.0.0", "early_muxer": false,
    }
}

/// N round trips of rust-libp2p's own ping, on one stream.
pub async fn ping(dialer: &Dialer) -> Result<Fields> {
    let host = Host::new(&dialer.options, Some(AT_ONCE))?;
    let count = dialer.numbers[0];
    let (pings, mut answers) = mpsc::unbounded_channel();
    host.with(move |node| node.pings = Some(pings)).await;
    let span = Meter::start();
    host.connect(&dialer.target).await?;
    let mut samples = Vec::with_capacity(count);
    while samples.len() < count {
        let answer = answers.recv().await.ok_or("the connection is gone")?;
        samples.push(answer.map_err(|problem| format!("ping {}: {problem}", samples.len() + 1))?);
    }
    let mut result = fields! { "count": count };
    span.stop(&mut result);
    latencies(samples, &mut result);
    Ok(result)
}
