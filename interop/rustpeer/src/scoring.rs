//! Peer scoring with op-node's parameters, and topics that are scored so that a refused message shows at once.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use libp2p::gossipsub::{Behaviour, IdentTopic, PeerScoreParams, PeerScoreThresholds, TopicScoreParams};

use crate::Result;
use crate::events::emit;
use crate::fields;

const SLOT: Duration = Duration::from_secs(2);
const DECAY_10_EPOCHS: f64 = 0.926;
const DECAY_20_EPOCHS: f64 = 0.962;
const DECAY_50_EPOCHS: f64 = 0.985;

pub fn switch_on(behaviour: &mut Behaviour, topics: &[String]) -> Result<()> {
    let mut params = PeerScoreParams {
        topic_score_cap: 0.0,
        app_specific_weight: 1.0,
        ip_colocation_factor_weight: -35.0,
        ip_colocation_factor_threshold: 10.0,
        ip_colocation_factor_whitelist: [IpAddr::V4(Ipv4Addr::LOCALHOST)].into(),
        behaviour_penalty_weight: -16.0,
        behaviour_penalty_threshold: 6.0,
        behaviour_penalty_decay: DECAY_10_EPOCHS,
        decay_interval: SLOT,
        decay_to_zero: 0.01,
        retain_score: 600 * SLOT,
        ..Default::default()
    };
    params.topics = topics.iter().map(|topic| (IdentTopic::new(topic).hash(), topic_params())).collect();
    let thresholds = PeerScoreThresholds {
        gossip_threshold: -10.0,
        publish_threshold: -40.0,
        graylist_threshold: -40.0,
        accept_px_threshold: 20.0,
        opportunistic_graft_threshold: 0.05,
    };
    Ok(behaviour.with_peer_score(params, thresholds)?)
}

fn topic_params() -> TopicScoreParams {
    TopicScoreParams {
        topic_weight: 0.8,
        time_in_mesh_weight: 10.0 / 1800.0,
        time_in_mesh_quantum: SLOT,
        time_in_mesh_cap: 1800.0,
        first_message_deliveries_weight: 1.0,
        first_message_deliveries_decay: DECAY_20_EPOCHS,
        first_message_deliveries_cap: 23.0,
        // A network with so little traffic that nobody owes anybody messages.
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: -140.4475,
        invalid_message_deliveries_decay: DECAY_50_EPOCHS,
        ..Default::default()
    }
}

/// The score of each peer.
pub fn emit_scores(behaviour: &Behaviour) {
    let of = |peer| behaviour.peer_score(peer).unwrap_or_default();
    let scores: serde_json::Map<_, _> =
        behaviour.all_peers().map(|(peer, _)| (peer.to_string(), of(peer).into())).collect();
    emit("scores", fields! { "scores": scores });
}
