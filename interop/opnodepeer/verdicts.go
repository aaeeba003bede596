package main

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
)

// op-node tells the outcome of a validation only to its log: a warning says why, then a debug line
// "validated blockvN" says what. The two handlers here read those lines on their way to stderr.

// lastWarning keeps the text of the last warning. One thread uses it.
type lastWarning struct {
	slog.Handler
	text string
}

func (h *lastWarning) Handle(ctx context.Context, record slog.Record) error {
	if record.Level >= slog.LevelWarn {
		h.text = describeRecord(record)
	}
	return h.Handler.Handle(ctx, record)
}

const validatedPrefix = "validated blockv"

// verdictHandler prints a verdict event for every message that a running node did not accept.
// Messages validated at the same moment on one topic may swap their reasons.
type verdictHandler struct {
	slog.Handler
	topic   string
	reasons *reasonByTopic
}

type reasonByTopic struct {
	sync.Mutex
	text map[string]string
}

func newVerdictHandler(inner slog.Handler) *verdictHandler {
	return &verdictHandler{Handler: inner, reasons: &reasonByTopic{text: map[string]string{}}}
}

func (h *verdictHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *verdictHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	child := &verdictHandler{Handler: h.Handler.WithAttrs(attrs), topic: h.topic, reasons: h.reasons}
	for _, attr := range attrs {
		if attr.Key == "topic" {
			child.topic = attr.Value.String()
		}
	}
	return child
}

func (h *verdictHandler) Handle(ctx context.Context, record slog.Record) error {
	if number, found := strings.CutPrefix(record.Message, validatedPrefix); found {
		h.emitVerdict(number, record)
	} else if record.Level >= slog.LevelWarn {
		h.reasons.Lock()
		h.reasons.text[h.topic] = describeRecord(record)
		h.reasons.Unlock()
	}
	if !h.Handler.Enabled(ctx, record.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, record)
}

func (h *verdictHandler) emitVerdict(number string, record slog.Record) {
	h.reasons.Lock()
	reason := h.reasons.text[h.topic]
	delete(h.reasons.text, h.topic)
	h.reasons.Unlock()
	attrs := map[string]string{}
	record.Attrs(func(attr slog.Attr) bool {
		attrs[attr.Key] = attr.Value.String()
		return true
	})
	if attrs["result"] == "ACCEPT" {
		return
	}
	version, _ := strconv.Atoi(number)
	emit("verdict", fields{
		"topic_version": version, "verdict": attrs["result"], "reason": reason, "from": attrs["from"],
	})
}

// describeRecord joins a record's message and its attributes.
func describeRecord(record slog.Record) string {
	text := record.Message
	record.Attrs(func(attr slog.Attr) bool {
		text += " " + attr.String()
		return true
	})
	return text
}
