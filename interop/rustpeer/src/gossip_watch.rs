//! Which peers speak gossipsub, and who is in our meshes: rust-libp2p can be asked for it, and tells no change.

use std::collections::{BTreeMap, BTreeSet};

use libp2p::PeerId;
use libp2p::gossipsub::Behaviour;

use crate::events::emit;
use crate::fields;

#[derive(Default)]
pub struct Watch {
    protocols: BTreeMap<PeerId, &'static str>,
    mesh: BTreeSet<(String, PeerId)>,
}

impl Watch {
    /// Prints what has changed since the last time.
    pub fn compare(&mut self, behaviour: &Behaviour) {
        let protocols = protocols_of(behaviour);
        for (peer, protocol) in protocols.iter().filter(|(peer, _)| !self.protocols.contains_key(peer)) {
            emit("peer", fields! { "peer": peer.to_string(), "change": "added", "protocol": protocol });
        }
        for peer in self.protocols.keys().filter(|peer| !protocols.contains_key(peer)) {
            emit("peer", fields! { "peer": peer.to_string(), "change": "removed" });
        }
        let mesh = mesh_of(behaviour);
        emit_mesh(mesh.difference(&self.mesh), "graft");
        emit_mesh(self.mesh.difference(&mesh), "prune");
        (self.protocols, self.mesh) = (protocols, mesh);
    }
}

fn emit_mesh<'a>(pairs: impl Iterator<Item = &'a (String, PeerId)>, change: &str) {
    for (topic, peer) in pairs {
        emit("mesh", fields! { "topic": topic, "peer": peer.to_string(), "change": change });
    }
}

fn mesh_of(behaviour: &Behaviour) -> BTreeSet<(String, PeerId)> {
    let topics = behaviour.topics();
    topics.flat_map(|topic| behaviour.mesh_peers(topic).map(|peer| (topic.to_string(), *peer))).collect()
}

fn protocols_of(behaviour: &Behaviour) -> BTreeMap<PeerId, &'static str> {
    behaviour.peer_protocol().filter_map(|(peer, kind)| Some((*peer, protocol(kind.as_ref())?))).collect()
}

/// The protocol of that name, which is all that rust-libp2p lets out.
fn protocol(kind: &str) -> Option<&'static str> {
    match kind {
        "Floodsub" => Some("/floodsub/1.0.0"),
        "Gossipsub v1.0" => Some("/meshsub/1.0.0"),
        "Gossipsub v1.1" => Some("/meshsub/1.1.0"),
        "Gossipsub v1.2" => Some("/meshsub/1.2.0"),
        "Gossipsub v1.3" => Some("/meshsub/1.3.0"),
        _ => None,
    }
}
