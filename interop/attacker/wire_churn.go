package main

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Connections that come and go, and some that only stay.
func init() {
	register("wire.churn", churn)
	register("wire.sockets", sockets)
	register("wire.knock", knock)
}

type churnArgs struct {
	Count   int  `json:"count"`
	Workers int  `json:"workers"`
	Bare    bool `json:"bare"` // TCP alone
}

// churn makes connections and closes them when they are secured and multiplexed, each from an identity of its own.
func churn(ctx context.Context, a args) (fields, error) {
	var asked churnArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	t, err := a.target()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	var next, done, failed atomic.Int64
	var workers sync.WaitGroup
	for range asked.Workers {
		workers.Go(func() {
			for next.Add(1) <= int64(asked.Count) && ctx.Err() == nil {
				if err := comeAndGo(ctx, t, asked.Bare); err != nil {
					failed.Add(1)
				} else {
					done.Add(1)
				}
			}
		})
	}
	workers.Wait()
	return fields{"done": done.Load(), "failed": failed.Load(), "seconds": time.Since(began).Seconds()}, nil
}

func comeAndGo(ctx context.Context, t target, bare bool) error {
	ctx, stop := context.WithTimeout(ctx, stageTimeout)
	defer stop()
	if bare {
		conn, err := t.dial(ctx)
		if err == nil {
			conn.SetLinger(0) // no port of ours is left waiting
			conn.Close()
		}
		return err
	}
	t, err := t.asNewcomer()
	if err != nil {
		return err
	}
	conn, raw, err := t.muxed(ctx)
	if err == nil {
		raw.SetLinger(0)
		conn.Close()
	}
	return err
}

type socketsArgs struct {
	Count int      `json:"count"`
	From  []string `json:"from"` // addresses that take turns
}

const openedTogether = 64

// sockets opens connections that never say anything until it is stopped; then it tells how many
// stood, for however short a time, and how many still stand.
func sockets(ctx context.Context, a args) (fields, error) {
	var asked socketsArgs
	if err := a.into(&asked); err != nil {
		return nil, err
	}
	t, err := a.target()
	if err != nil {
		return nil, err
	}
	var next, opened, ended atomic.Int64
	var workers, watching sync.WaitGroup
	for range openedTogether {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(asked.Count) && ctx.Err() == nil; i = next.Add(1) {
				t := t
				if len(asked.From) > 0 {
					t.from = net.ParseIP(asked.From[i%int64(len(asked.From))])
				}
				conn, err := t.dial(ctx)
				if err != nil {
					continue
				}
				opened.Add(1)
				watching.Go(func() {
					if _, err := waitForEnd(ctx, conn); err == nil {
						ended.Add(1)
					}
					conn.Close()
				})
			}
		})
	}
	workers.Wait()
	<-ctx.Done()
	held := opened.Load() - ended.Load()
	watching.Wait()
	return fields{"tried": min(next.Load(), int64(asked.Count)), "opened": opened.Load(), "held": held}, nil
}

// knock tells how far the identity is let in: "refused" (TCP), "dropped" (before noise is through), "secured" and then
// turned away, or "in".
func knock(ctx context.Context, a args) (fields, error) {
	t, err := a.target()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	came, why := "in", ""
	conn, err := t.dial(ctx)
	if err != nil {
		came, why = "refused", err.Error()
	} else if secured, err := t.secure(ctx, conn); err != nil {
		came, why = "dropped", err.Error()
	} else if err := agree(secured, yamuxID); err != nil {
		came, why = "secured", err.Error()
	}
	if conn != nil {
		conn.Close()
	}
	return fields{"came": came, "why": strings.TrimSpace(why), "seconds": time.Since(began).Seconds()}, nil
}
