// The first process of pods and of the node's namespaces: it holds them open, and buries what nobody else waits for.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for {
		if received := <-signals; received != syscall.SIGCHLD {
			return
		}
		// One SIGCHLD may stand for many children: reap until none is left to reap.
		for pid := 1; pid > 0; {
			pid, _ = syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		}
	}
}
