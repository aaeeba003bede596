// Peer scoring with op-node's parameters, and topics that are scored so that a refused message shows at once.

const SLOT_MS = 2000
const DECAY_10_EPOCHS = 0.926
const DECAY_20_EPOCHS = 0.962
const DECAY_50_EPOCHS = 0.985

export const THRESHOLDS = {
  gossipThreshold: -10,
  publishThreshold: -40,
  graylistThreshold: -40,
  acceptPXThreshold: 20,
  opportunisticGraftThreshold: 0.05
}

export function scoreParams (topics) {
  return {
    topics: Object.fromEntries(topics.map(topic => [topic, topicParams()])),
    topicScoreCap: 0,
    appSpecificScore: () => 0,
    appSpecificWeight: 1,
    IPColocationFactorWeight: -35,
    IPColocationFactorThreshold: 10,
    IPColocationFactorWhitelist: new Set(['127.0.0.1']),
    behaviourPenaltyWeight: -16,
    behaviourPenaltyThreshold: 6,
    behaviourPenaltyDecay: DECAY_10_EPOCHS,
    decayInterval: SLOT_MS,
    decayToZero: 0.01,
    retainScore: 600 * SLOT_MS
  }
}

function topicParams () {
  return {
    topicWeight: 0.8,
    timeInMeshWeight: 10 / 1800,
    timeInMeshQuantum: SLOT_MS,
    timeInMeshCap: 1800,
    firstMessageDeliveriesWeight: 1,
    firstMessageDeliveriesDecay: DECAY_20_EPOCHS,
    firstMessageDeliveriesCap: 23,
    // A network with so little traffic that nobody owes anybody messages.
    meshMessageDeliveriesWeight: 0,
    meshMessageDeliveriesDecay: DECAY_20_EPOCHS,
    meshMessageDeliveriesCap: 1,
    meshMessageDeliveriesThreshold: 1,
    meshMessageDeliveriesWindow: 0,
    meshMessageDeliveriesActivation: 1000,
    meshFailurePenaltyWeight: 0,
    meshFailurePenaltyDecay: DECAY_20_EPOCHS,
    invalidMessageDeliveriesWeight: -140.4475,
    invalidMessageDeliveriesDecay: DECAY_50_EPOCHS
  }
}
