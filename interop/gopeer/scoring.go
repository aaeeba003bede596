package main

import (
	"errors"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	slot           = 2 * time.Second
	inspectEvery   = 200 * time.Millisecond
	decay10Epochs  = 0.926
	decay20Epochs  = 0.962
	decay50Epochs  = 0.985
	longestInMesh  = 1800 // slots
	alwaysAccepted = 0    // an application's own score
)

// scoring has op-node's parameters, and topics that are scored so that a refused message shows at once.
type scoring struct {
	lock   sync.Mutex
	latest map[peer.ID]float64
}

func (s *scoring) options(topics []string) []pubsub.Option {
	params := &pubsub.PeerScoreParams{
		Topics:                      map[string]*pubsub.TopicScoreParams{},
		AppSpecificScore:            func(peer.ID) float64 { return alwaysAccepted },
		AppSpecificWeight:           1,
		IPColocationFactorWeight:    -35,
		IPColocationFactorThreshold: 10,
		BehaviourPenaltyWeight:      -16,
		BehaviourPenaltyThreshold:   6,
		BehaviourPenaltyDecay:       decay10Epochs,
		DecayInterval:               slot,
		DecayToZero:                 0.01,
		RetainScore:                 600 * slot,
	}
	for _, topic := range topics {
		params.Topics[topic] = topicParams()
	}
	thresholds := &pubsub.PeerScoreThresholds{
		GossipThreshold: -10, PublishThreshold: -40, GraylistThreshold: -40,
		AcceptPXThreshold: 20, OpportunisticGraftThreshold: 0.05,
	}
	return []pubsub.Option{
		pubsub.WithPeerScore(params, thresholds),
		pubsub.WithPeerScoreInspect(pubsub.PeerScoreInspectFn(s.keep), inspectEvery),
	}
}

func topicParams() *pubsub.TopicScoreParams {
	return &pubsub.TopicScoreParams{
		TopicWeight:                    0.8,
		TimeInMeshWeight:               10.0 / longestInMesh,
		TimeInMeshQuantum:              slot,
		TimeInMeshCap:                  longestInMesh,
		FirstMessageDeliveriesWeight:   1,
		FirstMessageDeliveriesDecay:    decay20Epochs,
		FirstMessageDeliveriesCap:      23,
		InvalidMessageDeliveriesWeight: -140.4475,
		InvalidMessageDeliveriesDecay:  decay50Epochs,
	}
}

func (s *scoring) keep(scores map[peer.ID]float64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.latest = scores
}

// emit prints the score of each peer, which is at most inspectEvery old.
func (s *scoring) emit() error {
	if s == nil {
		return errors.New("only gossipsub scores peers")
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	scores := map[string]float64{}
	for p, score := range s.latest {
		scores[p.String()] = score
	}
	emit("scores", fields{"scores": scores})
	return nil
}
