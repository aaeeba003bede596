//! Measures a listener through the library's own nodes.

use std::time::{Duration, Instant};

use discv5::Discv5;
use futures::future::join_all;
use futures::stream::{self, StreamExt};

use crate::events::{Fields, emit};
use crate::meter::{Meter, latencies};
use crate::options::{BenchOptions, ListenOptions, Test};
use crate::{Result, fields, node};

pub async fn run(options: BenchOptions) -> Result<()> {
    let (name, mut result, samples) = match options.test {
        Test::Handshakes => shake_hands(&options).await?,
        Test::Pings => ping(&options).await?,
    };
    let ok = samples.len();
    result.append(&mut fields! { "test": name, "count": options.count, "ok": ok });
    latencies(samples, &mut result);
    emit("result", result);
    if ok > 0 { Ok(()) } else { Err("no answer in time".into()) }
}

type Measured = (&'static str, Fields, Vec<Duration>);

async fn time_ping(node: &Discv5, options: &BenchOptions) -> Option<Duration> {
    let start = Instant::now();
    node.send_ping(options.to.clone()).await.ok().map(|_| start.elapsed())
}

/// A node, with its socket, for each handshake. They are started before the clock is, and stopped after.
async fn shake_hands(options: &BenchOptions) -> Result<Measured> {
    let own = ListenOptions::default();
    let nodes = join_all((0..options.count).map(|_| node::start(&own))).await;
    let nodes: Vec<Discv5> = nodes.into_iter().collect::<Result<_>>()?;
    let (mut result, meter) = (Fields::new(), Meter::start());
    let samples = stream::iter(&nodes).map(|node| time_ping(node, options)).buffer_unordered(options.in_flight);
    let samples = samples.filter_map(std::future::ready).collect().await;
    meter.stop(&mut result);
    Ok(("handshakes", result, samples))
}

async fn ping(options: &BenchOptions) -> Result<Measured> {
    let node = node::start(&ListenOptions::default()).await?;
    time_ping(&node, options).await.ok_or("no answer in time")?;
    let (mut result, meter) = (Fields::new(), Meter::start());
    let samples = stream::iter(0..options.count).map(|_| time_ping(&node, options)).buffer_unordered(options.in_flight);
    let samples = samples.filter_map(std::future::ready).collect().await;
    meter.stop(&mut result);
    Ok(("pings", result, samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn handshakes_and_pings_are_measured() {
        let target = node::start(&ListenOptions::default()).await.unwrap();
        for test in [Test::Handshakes, Test::Pings] {
            let options = BenchOptions { test, to: target.local_enr(), count: 5, in_flight: 2 };
            let measured = match options.test {
                Test::Handshakes => shake_hands(&options).await,
                Test::Pings => ping(&options).await,
            };
            let (name, result, samples) = measured.unwrap();
            assert_eq!(samples.len(), 5, "{name}");
            assert!(result["seconds"].as_f64().unwrap() > 0.0);
        }
    }
}
