// Package greet says hello.
package greet

import "fmt"

// Hello greets one person, or everybody.
func Hello(name string) string {
	if name == "" {
		name = "everybody"
	}
	return fmt.Sprintf("Hello, %s!", name)
}
