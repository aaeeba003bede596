//! One node of the library, on a socket of our own, because the port belongs into the record.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use discv5::{ConfigBuilder, Discv5, Enr, Event, ListenConfig};
use enr::CombinedKey;
use tokio::net::UdpSocket;

use crate::Result;
use crate::options::ListenOptions;
use crate::record::{CHAIN_KEY, chain_entry};

pub const ECHO: &[u8] = b"echo";

pub async fn start(options: &ListenOptions) -> Result<Discv5> {
    let socket = Arc::new(UdpSocket::bind((options.ip, options.port)).await?);
    let SocketAddr::V4(address) = socket.local_addr()? else { return Err("not an IPv4 socket".into()) };
    let key = match &options.key {
        Some(bytes) => {
            CombinedKey::secp256k1_from_bytes(&mut bytes.clone()).map_err(|_| "--key is no secp256k1 key")?
        }
        None => CombinedKey::generate_secp256k1(),
    };
    let record = make_record(&key, *address.ip(), address.port(), options.chain)?;
    let sockets = ListenConfig::FromSockets { ipv4: Some(socket), ipv6: None };
    // The record stays as the command line has it. The library's packet filter is off by default.
    let config = ConfigBuilder::new(sockets).disable_enr_update().build();
    let mut node = Discv5::new(record, key, config)?;
    node.start().await.map_err(|problem| problem.to_string())?;
    Ok(node)
}

/// The sequence number is the time, as in go-ethereum: one that starts again has a newer record.
fn make_record(key: &CombinedKey, ip: Ipv4Addr, port: u16, chain: Option<u64>) -> Result<Enr> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
    let mut builder = Enr::builder();
    builder.seq(now).ip4(ip).udp4(port).tcp4(port);
    if let Some(chain) = chain {
        builder.add_value(CHAIN_KEY, &chain_entry(chain).as_slice());
    }
    Ok(builder.build(key)?)
}

/// Answers echo with the same bytes reversed, so that bytes sent back by accident do not pass for an answer.
pub async fn serve_talk(node: &Discv5) -> Result<()> {
    let mut happening = node.event_stream().await.map_err(|problem| problem.to_string())?;
    tokio::spawn(async move {
        while let Some(event) = happening.recv().await {
            let Event::TalkRequest(request) = event else { continue };
            let mut answer = request.body().to_vec();
            answer.reverse();
            let known = request.protocol() == ECHO;
            let _ = request.respond(if known { answer } else { Vec::new() }); // fails when the node has stopped
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use discv5::NodeContact;

    use super::*;

    #[tokio::test]
    async fn key_is_the_identity() {
        // Key and node id are those of the test vectors of the discv5 specification.
        let key = hex::decode("66fb62bfbd66b9177a138c1e5cddbe4f7c30c343e94e68df8769459cb1cde628").unwrap();
        let key = key.try_into().unwrap();
        let node = start(&ListenOptions { key: Some(key), ..Default::default() }).await.unwrap();
        let id = hex::encode(node.local_enr().node_id().raw());
        assert_eq!(id, "bbbb9d047f0488c0b5a93c1c3f2d8bafc7c8ff337024a55434a0d0555de64db9");
    }

    #[tokio::test]
    async fn echo_answers_the_same_bytes_reversed() {
        let from = start(&ListenOptions::default()).await.unwrap();
        let to = start(&ListenOptions { chain: Some(901), ..Default::default() }).await.unwrap();
        serve_talk(&to).await.unwrap();
        let contact = NodeContact::try_from_enr(to.local_enr(), from.ip_mode()).unwrap();
        let answer = from.talk_req(contact, ECHO.to_vec(), vec![1, 2, 3]).await.unwrap();
        assert_eq!(answer, [3, 2, 1]);
    }
}
