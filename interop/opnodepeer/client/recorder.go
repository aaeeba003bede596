package main

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/ethereum-optimism/optimism/op-service/client"
)

// recorder stands between op-node's client and its connection, and keeps what went over it. It decodes an answer in the
// way in which the connection would have.
type recorder struct {
	client.RPC
	params []any
	result json.RawMessage // nil where the call failed
	failed error
}

func (r *recorder) CallContext(ctx context.Context, result any, method string, args ...any) error {
	r.params, r.result = args, nil
	var raw json.RawMessage
	if r.failed = r.RPC.CallContext(ctx, &raw, method, args...); r.failed != nil {
		return r.failed
	}
	r.result = raw
	if result == nil {
		return nil
	}
	return json.Unmarshal(raw, result)
}

// describe is what one call came to: the parameters as they were sent, and the result as it came, or the error.
func (r *recorder) describe(method string) fields {
	line := fields{"method": method, "params": r.params, "result": r.result}
	if r.params == nil {
		line["params"] = []any{}
	}
	if r.failed == nil {
		return line
	}
	failure := fields{"message": r.failed.Error()}
	var coded rpc.Error
	if errors.As(r.failed, &coded) {
		failure["code"] = coded.ErrorCode()
	}
	var detailed rpc.DataError
	if errors.As(r.failed, &detailed) {
		failure["data"] = detailed.ErrorData()
	}
	line["failure"] = failure
	return line
}

// sameJSON tells whether both are the same value, whatever the order of their keys.
func sameJSON(a, b []byte) bool {
	var left, right any
	return json.Unmarshal(a, &left) == nil && json.Unmarshal(b, &right) == nil && reflect.DeepEqual(left, right)
}
