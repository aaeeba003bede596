//! One test against a listener, one result line.

use crate::dialer::Dialer;
use crate::events::{Fields, emit};
use crate::options::{Options, number};
use crate::{Result, dial_basic, dial_bulk, dial_many, dial_perf, dial_streams, fields};

const TESTS: &[(&str, usize)] = &[
    ("identify", 0),
    ("ping", 1),
    ("bulk up", 1),
    ("bulk down", 1),
    ("streams", 2),
    ("perf up", 1),
    ("perf down", 1),
    ("perf latency", 1),
    ("perf setups", 1),
    ("idle", 1),
];

pub async fn run(options: Options) -> Result<()> {
    let (name, dialer) = choose(options)?;
    let test = dispatch(name, &dialer);
    let outcome = match name {
        "idle" => test.await, // ends when stdin does
        _ => tokio::time::timeout(dialer.options.timeout, test)
            .await
            .unwrap_or_else(|_| Err("the test did not end in time".into())),
    };
    match outcome {
        Ok(mut result) => {
            result.append(&mut fields! { "test": name, "ok": true });
            emit("result", result);
            Ok(())
        }
        Err(problem) => {
            emit("result", fields! { "test": name, "ok": false, "error": problem.to_string() });
            Err(problem)
        }
    }
}

fn choose(options: Options) -> Result<(&'static str, Dialer)> {
    let [address, words @ ..] = options.arguments.as_slice() else {
        return Err("dial needs an address and a test".into());
    };
    let spoken = words.join(" ");
    let is_it = |name: &str| spoken == name || spoken.starts_with(&format!("{name} "));
    let &(name, wanted) = TESTS.iter().find(|(name, _)| is_it(name)).ok_or(format!("unknown test {spoken:?}"))?;
    let numbers: Vec<usize> =
        spoken[name.len()..].split_whitespace().map(number).collect::<std::result::Result<_, _>>()?;
    if numbers.len() != wanted {
        return Err(format!("{name} takes {wanted} numbers").into());
    }
    let target = address.parse()?;
    Ok((name, Dialer { target, numbers, options }))
}

async fn dispatch(name: &str, dialer: &Dialer) -> Result<Fields> {
    match name {
        "identify" => dial_basic::identify(dialer).await,
        "ping" => dial_basic::ping(dialer).await,
        "bulk up" => dial_bulk::up(dialer).await,
        "bulk down" => dial_bulk::down(dialer).await,
        "streams" => dial_streams::streams(dialer).await,
        "perf up" => dial_perf::transfer(dialer, true).await,
        "perf down" => dial_perf::transfer(dialer, false).await,
        "perf latency" => dial_perf::latency(dialer).await,
        "perf setups" => dial_many::setups(dialer).await,
        _ => dial_many::idle(dialer).await,
    }
}
