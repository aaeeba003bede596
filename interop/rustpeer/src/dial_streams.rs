//! streams N MAXOPEN: many short streams, some at once.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use libp2p::PeerId;

use crate::dialer::{Dialer, in_parallel};
use crate::events::Fields;
use crate::generator::Generator;
use crate::host::Host;
use crate::meter::Meter;
use crate::protocols::ECHO;
use crate::{Result, fields};

const LARGEST_ECHO: usize = 4096;

/// Varies between 0 and LARGEST_ECHO; stream 0 carries nothing at all.
fn echo_size(stream: usize) -> usize {
    (stream as u32).wrapping_mul(2_654_435_761) as usize % (LARGEST_ECHO + 1)
}

pub async fn streams(dialer: &Dialer) -> Result<Fields> {
    let (host, peer) = dialer.connect().await?;
    let (count, at_once) = (dialer.numbers[0], dialer.numbers[1]);
    let bytes: usize = (0..count).map(echo_size).sum();
    let span = Meter::start();
    in_parallel(count, at_once, move |stream| echo_once(host.clone(), peer, stream)).await?;
    let mut result = fields! { "streams": count, "max_open": at_once, "bytes": bytes };
    let seconds = span.stop(&mut result);
    result.append(&mut fields! { "streams_per_second": count as f64 / seconds });
    Ok(result)
}

async fn echo_once(host: Host, peer: PeerId, number: usize) -> Result<()> {
    let mut stream = host.open(peer, ECHO).await?;
    let sent = Generator::bytes(number as u64, echo_size(number));
    stream.write_all(&sent).await?;
    stream.close().await?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received).await?;
    if received != sent {
        return Err(format!("stream {number}: {} bytes came back and differ", received.len()).into());
    }
    Ok(())
}
