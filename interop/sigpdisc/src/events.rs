//! One JSON object per line on stdout.

use std::io::Write;

use serde_json::{Map, Value};

/// The body of one line.
pub type Fields = Map<String, Value>;

/// `fields! { "name": value, ... }`
#[macro_export]
macro_rules! fields {
    ($($name:literal : $value:expr),* $(,)?) => {{
        let mut map = $crate::events::Fields::new();
        $(map.insert($name.into(), serde_json::json!($value));)*
        map
    }};
}

/// Prints {"event": name, ...body}.
pub fn emit(name: &str, mut body: Fields) {
    body.insert("event".into(), name.into());
    let mut line = serde_json::to_vec(&body).expect("fields are JSON");
    line.push(b'\n');
    let mut stdout = std::io::stdout().lock();
    // Nobody reads any more: the end of stdin will be noticed.
    let _ = stdout.write_all(&line).and_then(|()| stdout.flush());
}
