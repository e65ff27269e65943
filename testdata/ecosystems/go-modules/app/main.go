package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"example.com/hello/greet"
)

func main() {
	address := ":8080"
	if port := os.Getenv("PORT"); port != "" {
		address = ":" + port
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, greet.Hello(r.URL.Query().Get("name")))
	})
	log.Fatal(http.ListenAndServe(address, nil))
}
