//! perf setups and idle: many connections.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, stdin};

use crate::dialer::{Dialer, in_parallel};
use crate::events::{Fields, emit};
use crate::host::Host;
use crate::meter::{Meter, latencies};
use crate::{Result, fields};

const IDLE_DIALS_IN_FLIGHT: usize = 8;

/// Dials, identifies both ways and closes N times. Each of the connections in flight has its own identity.
pub async fn setups(dialer: &Dialer) -> Result<Fields> {
    let (count, in_flight) = (dialer.numbers[0], dialer.options.in_flight);
    let hosts = (0..in_flight).map(|_| Host::new(&dialer.options, None)).collect::<Result<Vec<_>>>()?;
    let free = Arc::new(Mutex::new(hosts));
    let samples = Arc::new(Mutex::new(Vec::<Duration>::with_capacity(count)));
    let (target, taken) = (dialer.target.clone(), samples.clone());
    let span = Meter::start();
    in_parallel(count, in_flight, move |_| {
        let (free, taken, target) = (free.clone(), taken.clone(), target.clone());
        async move {
            let host = free.lock().expect("not poisoned").pop().ok_or("as many hosts as workers")?;
            let start = Instant::now();
            let peer = host.connect(&target).await?;
            taken.lock().expect("not poisoned").push(start.elapsed());
            host.disconnect(peer).await?;
            free.lock().expect("not poisoned").push(host);
            Ok(())
        }
    })
    .await?;
    let mut result = fields! { "count": count, "in_flight": in_flight };
    let seconds = span.stop(&mut result);
    result.append(&mut fields! { "per_second": count as f64 / seconds });
    latencies(std::mem::take(&mut *samples.lock().expect("not poisoned")), &mut result);
    Ok(result)
}

/// Connects N hosts of different identities, says so, and holds them until stdin closes.
pub async fn idle(dialer: &Dialer) -> Result<Fields> {
    let count = dialer.numbers[0];
    let hosts = (0..count).map(|_| Host::new(&dialer.options, None)).collect::<Result<Vec<_>>>()?;
    let hosts = Arc::new(hosts);
    let (target, dialling) = (dialer.target.clone(), hosts.clone());
    let mut result = fields! { "connections": count };
    let span = Meter::start();
    in_parallel(count, IDLE_DIALS_IN_FLIGHT, move |index| {
        let (target, dialling) = (target.clone(), dialling.clone());
        async move { dialling[index].connect(&target).await.map(|_| ()) }
    })
    .await?;
    span.stop(&mut result);
    emit("idle", fields! { "connections": count });
    stdin().read_to_end(&mut Vec::new()).await?;
    for (index, host) in hosts.iter().enumerate() {
        if host.with(|node| node.peers.is_empty()).await {
            return Err(format!("connection {index} was lost while idle").into());
        }
    }
    Ok(result)
}
