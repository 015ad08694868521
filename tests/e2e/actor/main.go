// What a container of the tests does, told by its arguments: one static binary, so that its image needs nothing else.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	switch task := os.Args[1]; task {
	case "serve":
		serve()
	case "get":
		get(os.Args[2])
	case "look-up":
		lookUp(os.Args[2])
	case "crash":
		fmt.Println("I crash")
		os.Exit(3)
	case "eat":
		eat()
	default:
		fmt.Fprintln(os.Stderr, "no such task:", task)
		os.Exit(2)
	}
}

func serve() {
	name, _ := os.Hostname()
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprint(answer, name) })
	fmt.Println("I serve")
	panic(http.ListenAndServe(":8080", nil))
}

func get(url string) {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	io.Copy(os.Stdout, answer.Body)
}

func lookUp(name string) {
	started := time.Now()
	_, err := net.LookupHost(name)
	fmt.Println(time.Since(started).Milliseconds(), err)
}

func eat() {
	var eaten [][]byte
	for {
		bite := make([]byte, 1<<20)
		for i := range bite {
			bite[i] = 1
		}
		eaten = append(eaten, bite)
	}
}
