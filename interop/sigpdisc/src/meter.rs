//! What a span of this process cost.

use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

use crate::events::Fields;
use crate::fields;

pub struct Meter {
    wall: Instant,
    cpu: Duration,
}

impl Meter {
    pub fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu_time() }
    }

    pub fn stop(&self, into: &mut Fields) {
        into.append(&mut fields! {
            "seconds": self.wall.elapsed().as_secs_f64(), "cpu_seconds": (cpu_time() - self.cpu).as_secs_f64(),
        });
    }
}

/// User and system time of all threads so far.
pub fn cpu_time() -> Duration {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage fills the struct that it is given.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let of = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    of(usage.ru_utime) + of(usage.ru_stime)
}

/// The resident set size, 0 where /proc does not tell.
pub fn resident_bytes() -> u64 {
    let Ok(statm) = std::fs::read_to_string("/proc/self/statm") else { return 0 };
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    // SAFETY: sysconf only reads.
    pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64
}

/// Writes percentiles in microseconds into a result.
pub fn latencies(mut samples: Vec<Duration>, into: &mut Fields) {
    if samples.is_empty() {
        return;
    }
    samples.sort();
    let at = |fraction: f64| {
        let index = (fraction * (samples.len() - 1) as f64) as usize;
        samples[index].as_nanos() as f64 / 1e3
    };
    into.append(&mut fields! { "min_us": at(0.0), "p50_us": at(0.5), "p99_us": at(0.99), "max_us": at(1.0) });
}
