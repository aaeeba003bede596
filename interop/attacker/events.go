package main

import (
	"encoding/json"
	"os"
	"sync"
)

// fields is the body of one line on stdout.
type fields map[string]any

var stdoutLock sync.Mutex

// writeLine prints one JSON object as one line. Any goroutine may call it.
func writeLine(value any) {
	line, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	stdoutLock.Lock()
	defer stdoutLock.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

// emit prints one event: {"event": name, …body}.
func emit(name string, body fields) {
	body["event"] = name
	writeLine(body)
}
