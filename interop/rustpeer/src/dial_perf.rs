//! perf up, down and latency, on one stream.

use std::time::Instant;

use futures::io::{AsyncReadExt, AsyncWriteExt};

use crate::dialer::Dialer;
use crate::events::Fields;
use crate::meter::{Meter, latencies};
use crate::protocols::{ECHO, PERF, read_to_end, write_zeros};
use crate::{Result, fields};

const WARM_UP: usize = 100;

/// Times one /perf/1.0.0 request, from the first byte written to the end of the answer.
pub async fn transfer(dialer: &Dialer, up: bool) -> Result<Fields> {
    let (_host, mut stream) = dialer.open(PERF).await?;
    let size = dialer.numbers[0] as u64;
    let (upload, download) = if up { (size, 0) } else { (0, size) };
    let span = Meter::start();
    stream.write_all(&download.to_be_bytes()).await?;
    write_zeros(&mut stream, upload).await?;
    stream.close().await?;
    let received = read_to_end(&mut stream).await?;
    if received != download {
        return Err(format!("the listener sent {received} bytes of {download}").into());
    }
    let mut result = fields! { "bytes": size };
    let seconds = span.stop(&mut result);
    result.append(&mut fields! { "mib_per_second": size as f64 / f64::from(1 << 20) / seconds });
    Ok(result)
}

/// Sends one byte at a time through one echo stream.
pub async fn latency(dialer: &Dialer) -> Result<Fields> {
    let (_host, mut stream) = dialer.open(ECHO).await?;
    let count = dialer.numbers[0];
    let mut samples = Vec::with_capacity(count);
    let mut span = Meter::start();
    for number in 0..WARM_UP + count {
        if number == WARM_UP {
            span = Meter::start();
        }
        let start = Instant::now();
        let (sent, mut received) = ([number as u8], [0]);
        stream.write_all(&sent).await?;
        stream.flush().await?;
        stream.read_exact(&mut received).await?;
        if received != sent {
            return Err(format!("round trip {number}: another byte came back").into());
        }
        if number >= WARM_UP {
            samples.push(start.elapsed());
        }
    }
    let mut result = fields! { "count": count };
    span.stop(&mut result);
    latencies(samples, &mut result);
    Ok(result)
}
